package io.godwit.pipeline;

import io.godwit.chunk.ChunkType;
import io.godwit.commit.Losses;
import io.godwit.digest.Kernel;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.BadPlaces;
import io.godwit.repository.ChunkReader;
import io.godwit.repository.Repository;
import io.godwit.volume.PageLoader;
import io.godwit.volume.PageRef;
import io.godwit.volume.RegionMap;
import io.godwit.volume.Regions;
import io.godwit.volume.TreeReader;
import io.godwit.volume.VolumeTree;
import java.util.List;

/// Finds which of the extents that a volume has lost a parent still refers to. Used once, by one
/// thread.
final class LostExtents implements AutoCloseable {
    private final VolumeTree tree;
    private final BadPlaces bad;
    private final ChunkReader metadata;
    private final TreeReader reader;
    private final PageLoader pages;
    private final RegionMap map = new RegionMap();
    private final ExtentSet.Builder lost = new ExtentSet.Builder();

    LostExtents(Repository repository, VolumeTree tree) {
        this.tree = tree;
        this.bad = repository.losses().badPlaces();
        this.metadata = repository.newReader(repository.newHasher(Kernel.SCALAR), ChunkType.META);
        this.reader = new TreeReader(metadata);
        this.pages = new PageLoader(metadata);
    }

    /// @param spans of the volume, in order: only the regions that they touch are looked at
    ExtentSet within(List<Losses.Span> spans) {
        long next = 0;
        for (Losses.Span span : spans) {
            long end = Math.min(span.offset() + span.length(), tree.volumeBytes());
            long region = Math.max(next, span.offset() / Regions.REGION_BYTES);
            while (region * Regions.REGION_BYTES < end) {
                look(region);
                next = ++region;
            }
        }
        return lost.build();
    }

    private void look(long region) {
        long offset = region * Regions.REGION_BYTES;
        try {
            PageRef page = reader.page(tree, region);
            if (page == null) {
                return;
            }
            pages.load(page.chunk(), map);
        } catch (GodwitException e) {
            requireLoss(e);
            lost.add(offset, Regions.length(tree.volumeBytes(), region));
            return;
        }
        for (int extent = 0; extent < map.extentCount(); extent++) {
            int slot = map.slot(extent);
            if (slot != RegionMap.HOLE && bad.contain(map.chunks().ref(slot).record())) {
                lost.add(offset + map.startBytes(extent), map.lengthBytes(extent));
            }
        }
    }

    static void requireLoss(GodwitException e) {
        if (e.kind() != FailureKind.CORRUPT && e.kind() != FailureKind.NOT_FOUND) {
            throw e;
        }
    }

    @Override
    public void close() {
        metadata.close();
    }
}
