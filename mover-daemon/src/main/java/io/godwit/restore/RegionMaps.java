package io.godwit.restore;

import io.godwit.chunk.ChunkType;
import io.godwit.digest.Kernel;
import io.godwit.repository.ChunkReader;
import io.godwit.repository.Repository;
import io.godwit.volume.PageLoader;
import io.godwit.volume.PageRef;
import io.godwit.volume.RegionMap;
import io.godwit.volume.Regions;
import io.godwit.volume.Relocation;
import io.godwit.volume.TreeReader;
import io.godwit.volume.VolumeTree;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The region maps of one snapshot that were read lately. Any thread may ask; the maps are read
/// only.
final class RegionMaps implements AutoCloseable {
    /// The regions that a few workers are at, and those that they were at just before. About 100
    /// KiB each.
    private static final int KEPT = 16;

    private final VolumeTree tree;
    private final ChunkReader metadata;
    private final TreeReader reader;
    private final PageLoader pages;
    private final Relocation relocation;
    private final Map<Long, RegionMap> recent = new LinkedHashMap<>(2 * KEPT, 0.75f, true);

    RegionMaps(Repository repository, VolumeTree tree) {
        this.tree = tree;
        this.metadata =
                repository.newMendingReader(repository.newHasher(Kernel.SCALAR), ChunkType.META);
        this.reader = new TreeReader(metadata);
        this.pages = new PageLoader(metadata);
        this.relocation = repository.relocation();
    }

    /// The map of a region, or null when it is all hole.
    synchronized @Nullable RegionMap map(long region) {
        RegionMap known = recent.get(region);
        if (known != null) {
            return known;
        }
        PageRef page = reader.page(tree, region);
        if (page == null) {
            return null;
        }
        RegionMap map = new RegionMap();
        pages.load(page, Regions.length(tree.volumeBytes(), region), map);
        map.relocate(relocation);
        if (recent.size() == KEPT) {
            recent.remove(recent.keySet().iterator().next());
        }
        recent.put(region, map);
        return map;
    }

    /// Forgets a map that names packs which are gone; the next one is read anew.
    synchronized void forget(long region, RegionMap outdated) {
        recent.remove(region, outdated);
    }

    @Override
    public synchronized void close() {
        metadata.close();
    }
}
