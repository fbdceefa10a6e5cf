package io.godwit.restore;

import static io.godwit.digest.LeafHasher.DIGEST_BYTES;
import static io.godwit.digest.LeafHasher.LEAF_BYTES;

import io.godwit.chunk.ChunkHasher;
import io.godwit.chunk.ChunkId;
import io.godwit.chunk.ChunkType;
import io.godwit.device.ReadFailure;
import io.godwit.volume.LeafExpectation;
import io.godwit.volume.RegionMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;

/// Tells which parts of a region a target does not hold as the map says, by hashing what is there.
///
/// On the leaf grain every leaf is compared with the leaf lists of the snapshot's packs; what they
/// do not know counts as different. Off it, whole chunks are hashed and compared by id. Owned by
/// one worker thread.
final class TargetComparison {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final int TILE_LEAVES = 256;

    private final ChunkHasher hasher;
    private final LeafExpectation expected;
    private final MemorySegment zeroDigest = MemorySegment.ofArray(new byte[DIGEST_BYTES]);
    private MemorySegment data = Arena.ofAuto().allocate(TILE_LEAVES * LEAF_BYTES, 4096);
    private MemorySegment digests = Arena.ofAuto().allocate(TILE_LEAVES * (long) DIGEST_BYTES);
    private final BitSet differing = new BitSet();

    TargetComparison(ChunkHasher hasher, LeafExpectation expected) {
        this.hasher = hasher;
        this.expected = expected;
        hasher.zeroLeafDigest(zeroDigest, 0);
    }

    /// The units of the map that differ in the target, within the window. Valid until the next
    /// call.
    BitSet differing(RegionMap map, long regionOffset, TargetWindow window) {
        differing.clear();
        if (map.grain() == LEAF_BYTES) {
            expected.lay(map);
            for (int leaf = 0; leaf < map.units(); leaf += TILE_LEAVES) {
                int count = Math.min(TILE_LEAVES, map.units() - leaf);
                compareLeaves(map, regionOffset, leaf, count, window);
            }
        } else {
            for (int extent = 0; extent < map.extentCount(); extent++) {
                if (!holdsExtent(map, extent, regionOffset, window)) {
                    int start = map.start(extent);
                    differing.set(start, start + map.length(extent));
                }
            }
        }
        return differing;
    }

    private void compareLeaves(
            RegionMap map, long regionOffset, int first, int count, TargetWindow window) {
        long from = regionOffset + first * (long) LEAF_BYTES;
        long to = Math.min(from + count * (long) LEAF_BYTES, regionOffset + map.regionLength());
        if (to <= window.from() || from >= window.to()) {
            return;
        }
        boolean cut = from < window.from() || to > window.to();
        int length = (int) (to - from);
        if (cut || !read(from, length, window)) {
            differing.set(first, first + count);
            return;
        }
        int whole = length / LEAF_BYTES;
        hasher.leaves().hashLeaves(data, 0, whole, digests, 0);
        if (whole < count) {
            long at = whole * (long) LEAF_BYTES;
            hasher.leaves().hashShortLeaf(data, at, length % LEAF_BYTES, digests, whole * 32L);
        }
        for (int i = 0; i < count; i++) {
            if (!isAsExpected(first + i, i, i < whole ? LEAF_BYTES : length % LEAF_BYTES)) {
                differing.set(first + i);
            }
        }
    }

    private boolean isAsExpected(int leaf, int i, int bytes) {
        long at = i * (long) DIGEST_BYTES;
        if (expected.isHole(leaf)) {
            return bytes < LEAF_BYTES
                    ? isZero(i * (long) LEAF_BYTES, bytes)
                    : MemorySegment.mismatch(
                                    digests, at, at + DIGEST_BYTES, zeroDigest, 0, DIGEST_BYTES)
                            < 0;
        }
        return expected.isKnown(leaf)
                && expected.word0(leaf) == digests.get(WORD, at)
                && expected.word1(leaf) == digests.get(WORD, at + 8);
    }

    private boolean isZero(long at, long bytes) {
        for (long i = at; i < at + bytes; i++) {
            if (data.get(ValueLayout.JAVA_BYTE, i) != 0) {
                return false;
            }
        }
        return true;
    }

    private boolean holdsExtent(RegionMap map, int extent, long regionOffset, TargetWindow window) {
        long from = regionOffset + map.startBytes(extent);
        int length = map.lengthBytes(extent);
        if (from < window.from() || from + length > window.to()) {
            return false;
        }
        int slot = map.slot(extent);
        if (slot == RegionMap.HOLE) {
            return holdsZeros(from, length, window);
        }
        boolean whole = map.skip(extent) == 0 && length == map.chunks().length(slot);
        if (!whole || !read(from, length, window)) {
            return false;
        }
        ChunkId found = hasher.hash(ChunkType.DATA, data, 0, length, digests, 0);
        return found.equals(map.chunks().id(slot));
    }

    private boolean holdsZeros(long from, int length, TargetWindow window) {
        for (int done = 0; done < length; done += TILE_LEAVES * LEAF_BYTES) {
            int part = Math.min(TILE_LEAVES * LEAF_BYTES, length - done);
            if (!read(from + done, part, window) || !isZero(0, part)) {
                return false;
            }
        }
        return true;
    }

    private boolean read(long offset, int length, TargetWindow window) {
        if (data.byteSize() < length) {
            data = Arena.ofAuto().allocate(length, 4096);
            digests = Arena.ofAuto().allocate(ChunkHasher.digestsBytes(length));
        }
        try {
            window.target().read(offset - window.from(), data, 0, length);
            return true;
        } catch (ReadFailure unreadable) {
            return false;
        }
    }
}
