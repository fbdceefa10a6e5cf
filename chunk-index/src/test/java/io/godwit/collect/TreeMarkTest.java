package io.godwit.collect;

import static io.godwit.collect.StoredTrees.pack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.collect.PackMark.Missing;
import io.godwit.commit.FanOut;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.volume.NodeRef;
import io.godwit.volume.PageRef;
import io.godwit.volume.Relocation;
import io.godwit.volume.TreeReader;
import io.godwit.volume.TreeVisitor;
import io.godwit.volume.VolumeTree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TreeMarkTest {
    private final StoredTrees trees = new StoredTrees();

    private TreeMark mark() {
        return new TreeMark(() -> trees, FanOut.oneByOne());
    }

    private Set<PackId> marked(ChunkRef root, Missing missing) {
        Set<PackId> packs = new HashSet<>();
        mark().mark(root, missing, packs);
        return packs;
    }

    private List<ChunkRef> data(int count) {
        List<ChunkRef> chunks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            chunks.add(trees.data(StoredTrees.PIECE));
        }
        return chunks;
    }

    private VolumeTree tree(long regions, Map<Long, ChunkRef> pages) {
        return trees.tree(VolumeTree.hole(0), regions, pages);
    }

    private List<ChunkRef> nodes(VolumeTree tree) {
        List<ChunkRef> nodes = new ArrayList<>();
        TreeVisitor visitor =
                new TreeVisitor() {
                    @Override
                    public boolean node(NodeRef node, int level, long first) {
                        nodes.add(node.chunk());
                        return true;
                    }

                    @Override
                    public void page(long region, PageRef page) {}
                };
        new TreeReader(trees).walk(tree, visitor);
        return nodes;
    }

    private static Set<PackId> packs(List<ChunkRef> chunks) {
        Set<PackId> packs = new HashSet<>();
        chunks.forEach(chunk -> packs.add(pack(chunk)));
        return packs;
    }

    @Test
    void marksRootNodesPagesAndExtents() {
        List<ChunkRef> chunks = data(3);
        ChunkRef page = trees.page(Optional.empty(), chunks);
        VolumeTree tree = tree(300, Map.of(200L, page));
        ChunkRef root = trees.root(tree);

        Set<PackId> expected = packs(chunks);
        expected.add(pack(page));
        expected.add(pack(root));
        nodes(tree).forEach(node -> expected.add(pack(node)));
        assertThat(expected).hasSize(7);
        assertThat(marked(root, Missing.FAILS)).isEqualTo(expected);
    }

    @Test
    void marksThePagesBelowAPatchButNotWhatThePatchCovers() {
        List<ChunkRef> chunks = data(40);
        ChunkRef full = trees.page(Optional.empty(), chunks);
        List<ChunkRef> newer = data(1);
        ChunkRef patch = trees.page(Optional.of(full), newer);
        ChunkRef root = trees.root(tree(1, Map.of(0L, patch)));

        assertThat(marked(root, Missing.FAILS))
                .contains(pack(full), pack(patch), pack(newer.getFirst()), pack(chunks.get(1)))
                .doesNotContain(pack(chunks.getFirst()));
    }

    @Test
    void readsWhatSnapshotsShareOnce() {
        ChunkRef first = trees.page(Optional.empty(), data(2));
        ChunkRef second = trees.page(Optional.empty(), data(2));
        VolumeTree old = tree(200, Map.of(0L, first, 150L, second));
        List<ChunkRef> chunks = data(1);
        ChunkRef third = trees.page(Optional.empty(), chunks);
        VolumeTree young = trees.tree(old, 200, Map.of(0L, third));
        ChunkRef[] roots = {trees.root(old), trees.root(young)};
        TreeMark mark = mark();
        Set<PackId> packs = new HashSet<>();
        mark.mark(roots[0], Missing.FAILS, packs);
        trees.reads.set(0);

        mark.mark(roots[1], Missing.FAILS, packs);
        assertThat(trees.reads.get()).as("root, top, one node, one page").isEqualTo(4);
        assertThat(packs).contains(pack(roots[1]), pack(third), pack(chunks.getFirst()));
        assertThat(packs).containsAll(marked(roots[1], Missing.FAILS));
    }

    @Test
    void theSamePageElsewhereNeedsItsOwnPack() {
        ChunkRef page = trees.page(Optional.empty(), data(1));
        ChunkRef copy = trees.again(page);
        ChunkRef root = trees.root(tree(200, Map.of(3L, page, 150L, copy)));

        assertThat(marked(root, Missing.FAILS)).contains(pack(page), pack(copy));
    }

    @Test
    void forgettingWhatWasVisitedChangesNothing() {
        ChunkRef first = trees.page(Optional.empty(), data(2));
        ChunkRef second = trees.page(Optional.empty(), data(2));
        ChunkRef root = trees.root(tree(400, Map.of(0L, first, 150L, second, 390L, first)));
        Set<PackId> packs = new HashSet<>();
        new TreeMark(() -> trees, FanOut.oneByOne(), Relocation.none(), 1)
                .mark(root, Missing.FAILS, packs);

        assertThat(packs).isEqualTo(marked(root, Missing.FAILS));
    }

    @Test
    void whatIsMissingIsDamageOrSkipped() {
        List<ChunkRef> chunks = data(2);
        ChunkRef gone = trees.page(Optional.empty(), data(1));
        ChunkRef there = trees.page(Optional.empty(), chunks);
        VolumeTree tree = tree(400, Map.of(0L, gone, 1L, there, 390L, there));
        ChunkRef root = trees.root(tree);
        trees.contents.remove(gone.id());

        assertThatThrownBy(() -> marked(root, Missing.FAILS))
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> assertThat(e.kind()).isEqualTo(FailureKind.NOT_FOUND));
        assertThat(marked(root, Missing.IS_SKIPPED)).containsAll(packs(chunks));

        trees.contents.remove(nodes(tree).get(1).id());
        assertThat(marked(root, Missing.IS_SKIPPED)).containsAll(packs(chunks));
        trees.contents.remove(root.id());
        assertThat(marked(root, Missing.IS_SKIPPED)).containsExactly(pack(root));
    }

    @Test
    void whatIsDamagedIsNeverSkipped() {
        ChunkRef page = trees.page(Optional.empty(), data(1));
        ChunkRef root = trees.root(tree(2, Map.of(0L, page)));
        trees.damaged.add(page.id());

        assertThatThrownBy(() -> marked(root, Missing.IS_SKIPPED))
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> assertThat(e.kind()).isEqualTo(FailureKind.CORRUPT));
    }

    @Test
    void remembersAsManyChunksAsItHasRoomFor() {
        VisitedChunks visited = new VisitedChunks(3000);
        List<ChunkRef> chunks = data(3001);
        for (ChunkRef chunk : chunks) {
            assertThat(visited.add(chunk.id())).isTrue();
        }
        for (ChunkRef chunk : chunks.subList(0, 3000)) {
            assertThat(visited.add(chunk.id())).isFalse();
        }
        assertThat(visited.add(chunks.getLast().id())).as("forgotten at once").isTrue();
        assertThat(visited.size()).isEqualTo(3000);
    }
}
