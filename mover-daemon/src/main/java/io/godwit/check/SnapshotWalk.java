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
import io.godwit.volume.Root;
import io.godwit.volume.RootFormat;
import io.godwit.volume.TreeReader;
import io.godwit.volume.TreeVisitor;
import java.util.HashSet;
import java.util.Set;

/// Walks the trees of snapshots down to every reference, each shared node and page once. Used by
/// one thread.
final class SnapshotWalk implements AutoCloseable {
    /// What becomes of a page's extents.
    interface Extents {
        void extent(CatalogueEntry snapshot, ChunkRef chunk, long offset, long length);
    }

    private final Damage damage;
    private final Extents extents;
    private final ChunkReader metadata;
    private final TreeReader tree;
    private final PageLoader pages;
    private final KeyedHasher contentHasher;
    private final RegionMap map = new RegionMap();
    private final Set<ChunkRef> walked = new HashSet<>();
    private final boolean once;
    private long nodeCount;
    private long pageCount;

    /// @param once whether what several snapshots share is walked for the first of them only
    SnapshotWalk(Repository repository, Damage damage, boolean once, Extents extents) {
        this.damage = damage;
        this.extents = extents;
        this.once = once;
        this.metadata = repository.newReader(repository.newHasher(Kernel.SCALAR), ChunkType.META);
        this.contentHasher = new KeyedHasher(repository.keys().metaKey());
        this.tree = new TreeReader(metadata, new KeyedHasher(repository.keys().metaKey()));
        this.pages = new PageLoader(metadata);
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
                damage.add(
                        "root",
                        new GodwitException(
                                FailureKind.CORRUPT,
                                "root and catalogue entry disagree: snapshot="
                                        + snapshot.snapshot()),
                        snapshot,
                        0,
                        snapshot.sizeBytes());
                return;
            }
            tree.walk(root.tree(), new Visitor(snapshot));
        } catch (GodwitException e) {
            requireDamage(e);
            damage.add("root", e, snapshot, 0, snapshot.sizeBytes());
        }
    }

    private final class Visitor implements TreeVisitor {
        private final CatalogueEntry snapshot;

        Visitor(CatalogueEntry snapshot) {
            this.snapshot = snapshot;
        }

        @Override
        public boolean node(NodeRef node, int level, long firstRegion) {
            if (once && !walked.add(node.chunk())) {
                return false;
            }
            nodeCount++;
            return true;
        }

        @Override
        public void page(long region, PageRef page) {
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
                show(snapshot, offset);
            } catch (GodwitException e) {
                requireDamage(e);
                damage.add("page", e, snapshot, offset, length);
            }
        }
    }

    private void show(CatalogueEntry snapshot, long offset) {
        for (int extent = 0; extent < map.extentCount(); extent++) {
            int slot = map.slot(extent);
            if (slot != RegionMap.HOLE) {
                extents.extent(
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
