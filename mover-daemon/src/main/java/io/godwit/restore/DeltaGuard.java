package io.godwit.restore;

import io.godwit.chunk.ChunkHasher;
import io.godwit.chunk.ChunkId;
import io.godwit.chunk.ChunkType;
import io.godwit.device.BlockReader;
import io.godwit.device.ReadFailure;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.volume.PageLoader;
import io.godwit.volume.PageRef;
import io.godwit.volume.RecordSource;
import io.godwit.volume.RegionMap;
import io.godwit.volume.Regions;
import io.godwit.volume.TreeReader;
import io.godwit.volume.VolumeTree;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Keeps a delta restore from overwriting what never was this volume: a mistyped device holds other
/// data.
///
/// Chunks of the snapshot, spread over the volume, are looked for in the target. Nothing was that
/// volume in which none of them is found; a target that reads as zeros there holds nothing. Owned
/// by one thread.
final class DeltaGuard {
    private static final int REGIONS_TRIED = 256;
    private static final int REGIONS = 16;
    private static final int CHUNKS_OF_A_REGION = 16;

    /// Of fewer chunks none need be found, if little is left as it was.
    private static final int LEAST_CHUNKS = 4;

    private final VolumeTree tree;
    private final TreeReader reader;
    private final PageLoader pages;
    private final ChunkHasher hasher;
    private final BlockReader target;
    private final long from;
    private final long to;
    private final RegionMap map = new RegionMap();
    private MemorySegment data = MemorySegment.NULL;
    private MemorySegment digests = MemorySegment.NULL;
    private int foreign;

    /// @param from byte of the volume that is the target's first
    /// @param to behind the last byte that is restored
    DeltaGuard(
            VolumeTree tree,
            RecordSource metadata,
            ChunkHasher hasher,
            BlockReader target,
            long from,
            long to) {
        this.tree = tree;
        this.reader = new TreeReader(metadata);
        this.pages = new PageLoader(metadata);
        this.hasher = hasher;
        this.target = target;
        this.from = from;
        this.to = Math.min(to, from + target.size());
    }

    /// @throws GodwitException `INVALID` when the target holds something else
    void check() {
        if (isForeign()) {
            throw new GodwitException(
                            FailureKind.INVALID,
                            "the target holds something else: none of %d chunks looked for is in it: path=%s"
                                    .formatted(foreign, target.path()))
                    .withObject(target.path())
                    .withHint("look at its name; use --force to overwrite it");
        }
    }

    private boolean isForeign() {
        long regions = Regions.count(tree.volumeBytes());
        long step = Math.max(1, regions / REGIONS_TRIED);
        int found = 0;
        for (long region = 0; region < regions && found < REGIONS; region += step) {
            PageRef page = reader.page(tree, region);
            if (page != null) {
                found++;
                pages.load(page.chunk(), map);
                if (someAreIn(region * Regions.REGION_BYTES)) {
                    return false;
                }
            }
        }
        return foreign >= LEAST_CHUNKS;
    }

    /// Whether some of the region's chunks are in the target where they belong.
    private boolean someAreIn(long regionOffset) {
        int step = Math.max(1, map.extentCount() / CHUNKS_OF_A_REGION);
        for (int extent = 0; extent < map.extentCount(); extent += step) {
            int slot = map.slot(extent);
            long start = regionOffset + map.startBytes(extent);
            int length = map.lengthBytes(extent);
            boolean whole =
                    slot != RegionMap.HOLE
                            && map.skip(extent) == 0
                            && length == map.chunks().length(slot);
            if (whole && start >= from && start + length <= to && read(start, length)) {
                if (hash(length).equals(map.chunks().id(slot))) {
                    return true;
                }
                foreign += isZero(length) ? 0 : 1;
            }
        }
        return false;
    }

    private boolean read(long start, int length) {
        if (data.byteSize() < length) {
            data = Arena.ofAuto().allocate(length, Regions.LEAF_BYTES);
            digests = Arena.ofAuto().allocate(ChunkHasher.digestsBytes(length), 64);
        }
        try {
            target.read(start - from, data, 0, length);
            return true;
        } catch (ReadFailure unreadable) {
            return false;
        }
    }

    private ChunkId hash(int length) {
        return hasher.hash(ChunkType.DATA, data, 0, length, digests, 0);
    }

    private boolean isZero(int length) {
        for (long at = 0; at < length; at++) {
            if (data.get(ValueLayout.JAVA_BYTE, at) != 0) {
                return false;
            }
        }
        return true;
    }
}
