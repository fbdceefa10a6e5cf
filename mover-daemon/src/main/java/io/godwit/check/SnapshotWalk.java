package io.godwit.check;

import io.godwit.chunk.ChunkType;
import io.godwit.commit.CatalogueEntry;
import io.godwit.digest.Kernel;
import io.godwit.digest.KeyedHasher;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.repository.ChunkReader;
import io.godwit.repository.Repository;
import io.godwit.volume.NodeRef;
import io.godwit.volume.PageLoader;
import io.godwit.volume.PageRef;
import io.godwit.volume.RegionMap;
import io.godwit.volume.Regions;
import io.godwit.volume.Replacements;
import io.godwit.volume.Root;
import io.godwit.volume.RootFormat;
import io.godwit.volume.TreeReader;
import io.godwit.volume.TreeVisitor;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Walks the trees of snapshots down to every reference, each shared node and page once. Used by
/// one thread.
///
/// Pages and nodes that are lost are read where their content stands now; what stands nowhere is
/// damage to all that is below it, and the walk goes on beside it.
final class SnapshotWalk implements AutoCloseable {
    private final Damage damage;
    private final TreeListener listener;
    private final ChunkReader metadata;
    private final TreeReader tree;
    private final PageLoader pages;
    private final KeyedHasher contentHasher;
    private final RegionMap map = new RegionMap();
    private final Set<ChunkRef> walked = new HashSet<>();
    private final boolean once;
    private @Nullable ChunkRef substituted;
    private long nodeCount;
    private long pageCount;

    /// @param once whether what several snapshots share is walked for the first of them only
    SnapshotWalk(
            Repository repository,
            Replacements replacements,
            Damage damage,
            boolean once,
            TreeListener listener) {
        this.damage = damage;
        this.listener = listener;
        this.once = once;
        this.metadata =
                repository.newReader(
                        repository.newHasher(Kernel.SCALAR),
                        ChunkType.META,
                        lost -> substitute(replacements, lost));
        this.contentHasher = new KeyedHasher(repository.keys().metaKey());
        this.tree = new TreeReader(metadata, new KeyedHasher(repository.keys().metaKey()));
        this.pages = new PageLoader(metadata);
    }

    private Optional<ChunkRef> substitute(Replacements replacements, ChunkRef lost) {
        substituted = lost;
        return replacements.of(lost);
    }

    long nodes() {
        return nodeCount;
    }

    long pages() {
        return pageCount;
    }

    void walk(CatalogueEntry snapshot) {
        try {
            Root root = RootFormat.read(metadata, snapshot.root());
            if (!root.name().equals(snapshot.volume())
                    || root.volumeBytes() != snapshot.sizeBytes()) {
                throw new GodwitException(
                        FailureKind.CORRUPT,
                        "root and catalogue entry disagree: snapshot=" + snapshot.snapshot());
            }
            Visitor visitor = new Visitor(snapshot);
            tree.walk(root.tree(), visitor);
            visitor.leaveNode();
        } catch (GodwitException e) {
            requireDamage(e);
            listener.lostRoot(snapshot);
            damage.add("root", e, snapshot, 0, snapshot.sizeBytes());
        }
    }

    private final class Visitor implements TreeVisitor {
        private final CatalogueEntry snapshot;
        private @Nullable NodeRef entered;
        private int level;
        private long firstRegion;

        Visitor(CatalogueEntry snapshot) {
            this.snapshot = snapshot;
        }

        @Override
        public boolean node(NodeRef node, int nodeLevel, long first) {
            leaveNode();
            if (once && !walked.add(node.chunk())) {
                return false;
            }
            nodeCount++;
            listener.node(node, nodeLevel);
            entered = node;
            level = nodeLevel;
            firstRegion = first;
            return true;
        }

        /// Between a node and what comes next it was read: in its place, or not.
        void leaveNode() {
            NodeRef node = entered;
            if (node != null && node.chunk().equals(substituted)) {
                listener.lostNode(snapshot, node, level);
            }
            entered = null;
            substituted = null;
        }

        @Override
        public void unreadable(NodeRef node, GodwitException failure) {
            requireDamage(failure);
            long offset = firstRegion * Regions.REGION_BYTES;
            long length =
                    Math.min(
                                    Regions.below(level),
                                    Regions.count(snapshot.sizeBytes()) - firstRegion)
                            * Regions.REGION_BYTES;
            listener.lostNode(snapshot, node, level);
            entered = null;
            substituted = null;
            long end = Math.min(offset + length, snapshot.sizeBytes());
            damage.add("node", failure, snapshot, offset, end - offset);
        }

        @Override
        public void page(long region, PageRef page) {
            leaveNode();
            if (once && !walked.add(page.chunk())) {
                return;
            }
            pageCount++;
            long offset = region * Regions.REGION_BYTES;
            long length = Math.min(Regions.REGION_BYTES, snapshot.sizeBytes() - offset);
            try {
                pages.load(page.chunk(), map);
                if (!map.contentDigest(contentHasher).equals(page.content())) {
                    throw new GodwitException(
                            FailureKind.CORRUPT,
                            "page says something else than its node: region=" + region);
                }
                if (page.chunk().equals(substituted)) {
                    listener.lostPage(snapshot, page, offset, length);
                } else {
                    listener.page(page, region, length);
                }
                show(snapshot, offset);
            } catch (GodwitException e) {
                requireDamage(e);
                listener.lostPage(snapshot, page, offset, length);
                damage.add("page", e, snapshot, offset, length);
            }
            substituted = null;
        }
    }

    private void show(CatalogueEntry snapshot, long offset) {
        for (int extent = 0; extent < map.extentCount(); extent++) {
            int slot = map.slot(extent);
            if (slot != RegionMap.HOLE) {
                listener.extent(
                        snapshot,
                        map.chunks().ref(slot),
                        offset + map.startBytes(extent),
                        map.lengthBytes(extent));
            }
        }
    }

    static void requireDamage(GodwitException e) {
        if (e.kind() != FailureKind.CORRUPT && e.kind() != FailureKind.NOT_FOUND) {
            throw e;
        }
    }

    @Override
    public void close() {
        metadata.close();
    }
}
