package io.godwit.volume;

import io.godwit.digest.KeyedHasher;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Digests the canonical extents of a map: each data extent in order, neighbours merged that
/// continue the same chunk. Holes, the region's length and the grain are not part of it, nor is any
/// place in a pack.
///
/// | input | bytes |
/// |---|---|
/// | 0x50 | 1 |
/// | then for each data extent: start, length, skip in its chunk, in bytes, u32 little-endian each | 12 |
/// | chunk id | 32 |
///
/// Chunk ids start with 1 or 2 under the same key, so that no page's digest can be a chunk's id.
final class MapDigest {
    private static final int TAG = 0x50;
    private static final int ROW_BYTES = 12 + 32;
    private static final int ROWS = 128;
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment buffer = MemorySegment.ofArray(new byte[ROWS * ROW_BYTES]);
    private final MemorySegment digest = MemorySegment.ofArray(new byte[ContentDigest.BYTES]);
    private int rows;

    ContentDigest of(RegionMap map, KeyedHasher hasher) {
        ExtentList extents = map.extents();
        hasher.reset();
        hasher.updateByte(TAG);
        rows = 0;
        for (int extent = 0; extent < extents.count(); ) {
            int next = runEnd(map, extents, extent);
            if (extents.slot(extent) != RegionMap.HOLE) {
                add(map, extents, extent, next, hasher);
            }
            extent = next;
        }
        hasher.update(buffer, 0, (long) rows * ROW_BYTES);
        hasher.finish(digest, 0);
        return ContentDigest.read(digest, 0);
    }

    /// The extent behind the last one that continues the same chunk.
    private static int runEnd(RegionMap map, ExtentList extents, int first) {
        int slot = extents.slot(first);
        int extent = first + 1;
        while (extent < extents.count()
                && slot != RegionMap.HOLE
                && extents.slot(extent) != RegionMap.HOLE
                && extents.skip(extent)
                        == extents.skip(first) + extents.start(extent) - extents.start(first)
                && map.chunks().sameId(slot, extents.slot(extent))) {
            extent++;
        }
        return extent;
    }

    private void add(RegionMap map, ExtentList extents, int first, int next, KeyedHasher hasher) {
        if (rows == ROWS) {
            hasher.update(buffer, 0, (long) rows * ROW_BYTES);
            rows = 0;
        }
        long at = (long) rows++ * ROW_BYTES;
        int start = extents.start(first) * map.grain();
        buffer.set(INT, at, start);
        buffer.set(INT, at + 4, map.endBytes(extents.end(next - 1)) - start);
        buffer.set(INT, at + 8, extents.skip(first) * map.grain());
        map.chunks().writeId(extents.slot(first), buffer, at + 12);
    }
}
