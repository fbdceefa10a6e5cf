package io.godwit.simulation.repository;

import io.godwit.chunk.ChunkType;
import io.godwit.commit.CatalogueEntry;
import io.godwit.digest.Kernel;
import io.godwit.repository.ChunkReader;
import io.godwit.repository.Repository;
import io.godwit.simulation.Violation;
import io.godwit.volume.PageLoader;
import io.godwit.volume.PageRef;
import io.godwit.volume.RegionMap;
import io.godwit.volume.Regions;
import io.godwit.volume.Root;
import io.godwit.volume.RootFormat;
import io.godwit.volume.TreeReader;
import java.lang.foreign.MemorySegment;

/// Reads a snapshot in full, as a restore does: root, nodes, pages, and every byte of every chunk;
/// and compares it with what the volume held. Belongs to one task.
final class SnapshotReading implements AutoCloseable {
    private final ChunkReader metadata;
    private final ChunkReader data;

    SnapshotReading(Repository repository) {
        this.metadata = repository.newReader(repository.newHasher(Kernel.SCALAR), ChunkType.META);
        this.data = repository.newReader(repository.newHasher(Kernel.SCALAR), ChunkType.DATA);
    }

    /// @throws io.godwit.error.GodwitException what the shipped readers throw
    /// @throws Violation when it reads as something else
    void compare(CatalogueEntry entry, Content expected) {
        Root root = RootFormat.read(metadata, entry.root());
        if (root.volumeBytes() != expected.volumeBytes() || !root.name().equals(entry.volume())) {
            throw wrong(entry, "root is of another volume: " + root.name());
        }
        TreeReader tree = new TreeReader(metadata);
        RegionMap map = new RegionMap();
        PageLoader pages = new PageLoader(metadata);
        for (long region = 0; region < expected.regions(); region++) {
            int length = Regions.length(expected.volumeBytes(), region);
            PageRef page = tree.page(root.tree(), region);
            if (page == null) {
                map.clear(length, Regions.LEAF_BYTES);
            } else {
                pages.load(page, length, map);
            }
            compareRegion(entry, expected.letters(region), region, map);
        }
    }

    private void compareRegion(CatalogueEntry entry, int[] letters, long region, RegionMap map) {
        for (int extent = 0; extent < map.extentCount(); extent++) {
            int start = map.start(extent);
            int slot = map.slot(extent);
            for (int unit = 0; unit < map.length(extent); unit++) {
                int leaf = start + unit;
                int letter = leaf < letters.length ? letters[leaf] : 0;
                if (slot == RegionMap.HOLE) {
                    if (letter != 0) {
                        throw wrong(entry, "hole in region %d leaf %d".formatted(region, leaf));
                    }
                    if (leaf >= letters.length) {
                        break;
                    }
                }
            }
            if (slot != RegionMap.HOLE) {
                compareChunk(entry, letters, region, map, extent);
            }
        }
    }

    private void compareChunk(
            CatalogueEntry entry, int[] letters, long region, RegionMap map, int extent) {
        MemorySegment chunk = data.read(map.chunks().ref(map.slot(extent)));
        for (int unit = 0; unit < map.length(extent); unit++) {
            int leaf = map.start(extent) + unit;
            long from = (long) (map.skip(extent) + unit) * Regions.LEAF_BYTES;
            byte[] expected = Content.leaf(leaf < letters.length ? letters[leaf] : 0);
            MemorySegment wanted = MemorySegment.ofArray(expected);
            if (MemorySegment.mismatch(
                            chunk, from, from + expected.length, wanted, 0, expected.length)
                    >= 0) {
                throw wrong(entry, "other bytes in region %d leaf %d".formatted(region, leaf));
            }
        }
    }

    private static Violation wrong(CatalogueEntry entry, String what) {
        return new Violation(
                "a snapshot reads as something else",
                "snapshot=%s volume=%s: %s".formatted(entry.snapshot(), entry.volume(), what));
    }

    @Override
    public void close() {
        metadata.close();
        data.close();
    }
}
