package io.godwit.restore;

import io.godwit.volume.ChunkTable;
import io.godwit.volume.RegionMap;
import java.util.Arrays;

/// The extents of one region that are to be restored, in the order in which their records stand in
/// packs, so that neighbours are fetched with one request. Reused by one worker: packed numbers, no
/// objects.
final class RecordOrder {
    /// Bits of a key: pack number, record offset in the pack (a pack has at most 64 MiB), extent
    /// number.
    private static final int EXTENT_BITS = 17;

    private static final int OFFSET_BITS = 27;

    private long[] keys = new long[1024];
    private int count;

    void clear() {
        count = 0;
    }

    /// Adds an extent of the map that is not a hole.
    void add(RegionMap map, int extent) {
        if (count == keys.length) {
            keys = Arrays.copyOf(keys, 2 * count);
        }
        ChunkTable chunks = map.chunks();
        int slot = map.slot(extent);
        long pack = chunks.packOf(slot);
        keys[count++] = (pack << OFFSET_BITS | chunks.offset(slot)) << EXTENT_BITS | extent;
    }

    void sort() {
        Arrays.sort(keys, 0, count);
    }

    int count() {
        return count;
    }

    int extent(int index) {
        return (int) keys[index] & (1 << EXTENT_BITS) - 1;
    }

    /// Whether two entries lie in the same record.
    boolean sameRecord(int one, int other) {
        return keys[one] >>> EXTENT_BITS == keys[other] >>> EXTENT_BITS;
    }
}
