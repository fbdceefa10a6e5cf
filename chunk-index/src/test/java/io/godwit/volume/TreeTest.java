package io.godwit.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.digest.DigestKey;
import io.godwit.digest.KeyedHasher;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TreeTest {
    private static final long TIB = 1L << 40;
    private static final long REGION = Regions.REGION_BYTES;

    private final KeyedHasher hasher = new KeyedHasher(DigestKey.of(new byte[32]));
    private final TestChunks chunks = new TestChunks(new Random(2));
    private final FakeRecords records = new FakeRecords(3);

    @Test
    void aHoleHasNoTree() {
        VolumeTree tree = writer(VolumeTree.hole(0), TIB).finish();
        assertThat(tree).isEqualTo(VolumeTree.hole(TIB));
        assertThat(records.puts).isZero();
    }

    @Test
    void oneChangeInADenseVolumeIsOnePath() {
        VolumeTree tree = dense(TIB);
        records.resetCounts();

        PageRef page = pageRef();
        TreeWriter writer = writer(tree, TIB);
        writer.set(9_999, page);
        VolumeTree changed = writer.finish();

        assertThat(records.puts).isEqualTo(2);
        assertThat(records.reads).isEqualTo(2);
        assertThat(records.putBytes).isLessThan(24 << 10);
        assertThat(new TreeReader(records).page(changed, 9_999)).isEqualTo(page);
        assertThat(new TreeReader(records).page(changed, 9_998))
                .isEqualTo(new TreeReader(records).page(tree, 9_998));
    }

    @Test
    void nothingChangedIsNothingWritten() {
        VolumeTree tree = dense(200 * REGION);
        records.resetCounts();
        TreeWriter writer = writer(tree, 200 * REGION);
        writer.set(150, new TreeReader(records).page(tree, 150));

        assertThat(writer.finish()).isEqualTo(tree);
        assertThat(records.puts).isZero();
    }

    @Test
    void aSparseVolumeHasATinyTree() {
        TreeWriter writer = writer(VolumeTree.hole(0), 16 * TIB);
        List<Long> written = new ArrayList<>();
        for (long region = 0; region < 262_144; region += 28_000) {
            writer.set(region, pageRef());
            written.add(region);
        }
        VolumeTree tree = writer.finish();
        assertThat(written).hasSize(10);
        assertThat(records.puts).isLessThanOrEqualTo(21);
        assertThat(records.putBytes).isLessThan(6_000);

        records.resetCounts();
        List<Long> seen = new ArrayList<>();
        new TreeReader(records, hasher).walk(tree, (region, page) -> seen.add(region));
        assertThat(seen).isEqualTo(written);
        assertThat(records.reads).isLessThanOrEqualTo(21);
    }

    @Test
    void aTreeThatLosesItsPagesIsAHole() {
        TreeWriter writer = writer(VolumeTree.hole(0), 16 * TIB);
        writer.set(200_000, pageRef());
        writer = writer(writer.finish(), 16 * TIB);
        writer.set(200_000, null);

        assertThat(writer.finish()).isEqualTo(VolumeTree.hole(16 * TIB));
    }

    @Test
    void aGrownVolumeKeepsItsNodes() {
        VolumeTree tree = dense(128 * REGION);
        records.resetCounts();
        VolumeTree grown = writer(tree, 128 * 128 * 3 * REGION).finish();

        assertThat(records.puts).isEqualTo(2);
        assertThat(records.putBytes).isLessThan(400);
        assertThat(pages(grown)).isEqualTo(pages(tree));

        VolumeTree shrunk = writer(grown, 128 * REGION).finish();
        assertThat(shrunk).isEqualTo(tree);
    }

    @Test
    void aShrunkVolumeDropsWhatLiesBehindItsEnd() {
        VolumeTree tree = dense(1_000 * REGION);
        VolumeTree shrunk = writer(tree, 300 * REGION).finish();

        assertThat(pages(shrunk)).isEqualTo(pages(tree).subList(0, 300));
        assertThat(writer(shrunk, 0).finish()).isEqualTo(VolumeTree.hole(0));
    }

    @Test
    void aRegionOfAnotherLengthNeedsANewPage() {
        VolumeTree tree = dense(3 * REGION - 4096);
        TreeWriter writer = writer(tree, 5 * REGION);
        assertThatThrownBy(() -> writer.set(4, pageRef()))
                .isInstanceOf(GodwitException.class)
                .hasMessageContaining("region=2");
        assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(writer(tree, 3 * REGION)::finish).hasMessageContaining("region=2");
        assertThatThrownBy(writer(tree, REGION / 2)::finish).hasMessageContaining("region=0");

        TreeWriter good = writer(tree, 5 * REGION);
        good.set(2, pageRef());
        assertThat(pages(good.finish())).hasSize(3);
    }

    @Test
    void refusesRegionsOutOfOrder() {
        TreeWriter writer = writer(VolumeTree.hole(0), 10 * REGION);
        writer.set(3, pageRef());
        assertThatThrownBy(() -> writer.set(3, pageRef())).hasMessageContaining("region=3");
        assertThatThrownBy(() -> writer.set(10, pageRef())).hasMessageContaining("region=10");
    }

    @Test
    void refusesANodeOfAnotherPlace() {
        VolumeTree tree = dense(300 * REGION);
        NodeRef top = tree.top().orElseThrow();
        VolumeTree tooLow = new VolumeTree(100 * REGION, tree.top());
        assertThatThrownBy(() -> pages(tooLow)).hasMessageContaining("another level");
        VolumeTree tooShort = new VolumeTree(250 * REGION, tree.top());
        assertThatThrownBy(() -> pages(tooShort)).hasMessageContaining("behind the volume's end");
        ContentDigest wrong = new ContentDigest(1, 2, 3, 4);
        VolumeTree lying =
                new VolumeTree(300 * REGION, Optional.of(new NodeRef(top.chunk(), wrong)));
        assertThatThrownBy(() -> new TreeReader(records, hasher).walk(lying, (r, p) -> {}))
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> assertThat(e.kind()).isEqualTo(FailureKind.CORRUPT));
    }

    private TreeWriter writer(VolumeTree parent, long bytes) {
        return new TreeWriter(parent, bytes, records, records, hasher);
    }

    private VolumeTree dense(long bytes) {
        TreeWriter writer = writer(VolumeTree.hole(0), bytes);
        for (long region = 0; region < Regions.count(bytes); region++) {
            writer.set(region, pageRef());
        }
        return writer.finish();
    }

    private List<PageRef> pages(VolumeTree tree) {
        List<PageRef> pages = new ArrayList<>();
        new TreeReader(records, hasher).walk(tree, (region, page) -> pages.add(page));
        return pages;
    }

    private PageRef pageRef() {
        ChunkRef chunk = chunks.next(44_000, true);
        return new PageRef(
                chunk,
                new ContentDigest(chunk.id().word0(), chunk.id().word1(), chunk.id().word2(), 5));
    }
}
