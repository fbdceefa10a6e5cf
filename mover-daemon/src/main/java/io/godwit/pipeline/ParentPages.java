package io.godwit.pipeline;

import io.godwit.chunk.ChunkType;
import io.godwit.repository.ChunkReader;
import io.godwit.repository.Repository;
import io.godwit.volume.TreeReader;
import io.godwit.volume.VolumeTree;

/// Tells in which regions the parent has anything but a hole. Used by one thread at a time, regions
/// in order.
final class ParentPages implements AutoCloseable {
    private final VolumeTree tree;
    private final ChunkReader metadata;
    private final TreeReader reader;

    ParentPages(Repository repository, MoverSettings settings, VolumeTree tree) {
        this.tree = tree;
        this.metadata =
                repository.newReader(repository.newHasher(settings.kernel()), ChunkType.META);
        this.reader = new TreeReader(metadata);
    }

    boolean has(long region) {
        return region * RegionPlan.REGION_BYTES < tree.volumeBytes()
                && reader.page(tree, region) != null;
    }

    @Override
    public void close() {
        metadata.close();
    }
}
