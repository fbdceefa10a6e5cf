package io.godwit.pipeline;

import static io.godwit.digest.LeafHasher.DIGEST_BYTES;
import static io.godwit.digest.LeafHasher.LEAF_BYTES;

import io.godwit.chunk.ChunkHasher;
import io.godwit.chunk.Chunker;
import io.godwit.volume.LeafExpectation;
import io.godwit.volume.RegionMap;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Finds what differs in one region from what its map says, and has it stored: owns the region from
/// its first byte to its last change.
///
/// With a chunker that cuts on leaves, every leaf that is read is hashed once: the digest tells
/// whether it is zero, whether the map has the same, where chunks are cut, and what they are
/// called. With one that cuts anywhere, leaves are only tested for zeros, and chunks are hashed
/// once they are cut. Owned by one worker thread; all memory is reused from region to region, so
/// that an unchanged region allocates nothing.
final class RegionScan {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[LEAF_BYTES]);

    private final TileReader reader;
    private final ChunkHasher hasher;
    private final MemorySegment digests;
    private final MemorySegment zeroDigest = MemorySegment.ofArray(new byte[DIGEST_BYTES]);
    private final long zeroWord0;
    private final long zeroWord1;
    private final PieceSealer sealer;
    private final RunCutter cutter;
    private final LeafExpectation expected;
    private final RunProgress progress;
    private final boolean leafGrain;

    private RegionPlan plan = RegionPlan.NOTHING;
    private RegionMap map = new RegionMap();
    private boolean compare;
    private boolean recut;
    private int next;
    private int lastLeaf;
    private long changedBytes;

    /// @param digests room for 32 bytes for each leaf of a region
    /// @param expected what the map's leaves are, laid out by the caller for each region that is
    ///     compared
    /// @param leafGrain whether the chunker cuts on leaves
    RegionScan(
            TileReader reader,
            ChunkHasher hasher,
            Chunker chunker,
            MemorySegment digests,
            PieceSealer sealer,
            LeafExpectation expected,
            RunProgress progress,
            boolean leafGrain) {
        this.reader = reader;
        this.hasher = hasher;
        this.digests = digests;
        this.sealer = sealer;
        this.cutter = new RunCutter(chunker, digests, sealer);
        this.expected = expected;
        this.progress = progress;
        this.leafGrain = leafGrain;
        hasher.zeroLeafDigest(zeroDigest, 0);
        zeroWord0 = zeroDigest.get(WORD, 0);
        zeroWord1 = zeroDigest.get(WORD, 8);
    }

    /// Reads what the plan says and leaves what differs from the map in the sealer's changes.
    ///
    /// @param newMap the parent's, or one hole
    /// @param compareWithMap whether leaves equal to the map's are left alone (else all that is
    ///     read is new)
    /// @param recutEqual whether leaves equal to the map's are stored anew all the same, to mend a
    ///     worn map
    /// @return bytes that differ from the map
    long run(RegionPlan newPlan, RegionMap newMap, boolean compareWithMap, boolean recutEqual)
            throws InterruptedException {
        plan = newPlan;
        map = newMap;
        compare = compareWithMap && leafGrain;
        recut = recutEqual;
        next = 0;
        lastLeaf = plan.regionLeaves() - 1;
        changedBytes = 0;
        cutter.start();
        reader.begin(plan);
        try {
            for (Tile tile = reader.next(); tile != null; tile = reader.next()) {
                take(tile);
            }
        } finally {
            reader.cancel();
        }
        if (next <= lastLeaf) {
            pass(lastLeaf + 1);
        }
        sealer.flush();
        return leafGrain ? changedBytes : sealer.changedBytes();
    }

    private void take(Tile tile) {
        long at = tile.headroom();
        for (int span = 0; span < tile.spans(); span++) {
            int first = tile.spanLeaf(span);
            int count = tile.spanLeaves(span);
            if (first != next) {
                pass(first);
            }
            sealer.place(tile.data, at, first * LEAF_BYTES);
            cutter.place(tile.data, at, first * LEAF_BYTES);
            if (leafGrain) {
                hash(tile.data, at, first, count);
            }
            compareLeaves(tile.data, at, first, count);
            next = first + count;
            at += count * (long) LEAF_BYTES;
            if (next > lastLeaf) {
                cutter.boundary(endOf(lastLeaf), false);
            } else {
                cutter.advance(next * LEAF_BYTES);
            }
        }
        if (!recut) {
            progress.doneBytes.add(tile.bytes());
        }
        handOver(tile, at);
    }

    /// Ends the run where the next tile does not continue it, else copies what is undecided in
    /// front of that.
    private void handOver(Tile tile, long end) {
        Tile following = reader.following();
        boolean continued = following != null && following.spanLeaf(0) == next;
        if (!continued && next <= lastLeaf) {
            cutter.boundary(next * LEAF_BYTES, restIsHoleAt(next));
        }
        sealer.flush();
        if (following != null && continued) {
            int position = next * LEAF_BYTES;
            int kept = position - cutter.firstUndecided(position);
            MemorySegment.copy(
                    tile.data, end - kept, following.data, following.headroom() - kept, kept);
        }
    }

    /// Passes over leaves that are not read: they are as in the map, or holes.
    private void pass(int to) {
        cutter.boundary(next * LEAF_BYTES, restIsHoleAt(next));
        if (plan.restIsHole()) {
            overlayHoles(next * LEAF_BYTES, endOf(to - 1));
            progress.doneBytes.add(endOf(to - 1) - next * LEAF_BYTES);
        }
        next = to;
    }

    private void overlayHoles(int from, int to) {
        for (int extent = map.find(from / map.grain()); extent < map.extentCount(); extent++) {
            int start = Math.max(map.startBytes(extent), from);
            int end = Math.min(map.startBytes(extent) + map.lengthBytes(extent), to);
            if (start >= to) {
                return;
            }
            if (map.slot(extent) != RegionMap.HOLE) {
                sealer.hole(start, end - start);
                countHole(start, end);
            }
        }
    }

    /// Counts what became a hole and was not zeros before.
    private void countHole(int from, int to) {
        for (int at = from; at < to; ) {
            int leaf = at / LEAF_BYTES;
            int end = Math.min(to, endOf(leaf));
            boolean zeros =
                    compare
                            && expected.isKnown(leaf)
                            && expected.word0(leaf) == zeroWord0
                            && expected.word1(leaf) == zeroWord1;
            changedBytes += zeros ? 0 : end - at;
            at = end;
        }
    }

    private boolean restIsHoleAt(int leaf) {
        return plan.restIsHole() || isHoleInMap(leaf * LEAF_BYTES);
    }

    /// The position behind a leaf: the region's last one may be short.
    private int endOf(int leaf) {
        return leaf == lastLeaf ? plan.regionBytes() : (leaf + 1) * LEAF_BYTES;
    }

    private void hash(MemorySegment data, long at, int first, int count) {
        boolean endsShort = first + count > lastLeaf && plan.lastLeafBytes() < LEAF_BYTES;
        int whole = endsShort ? count - 1 : count;
        hasher.leaves().hashLeaves(data, at, whole, digests, (long) first * DIGEST_BYTES);
        if (endsShort) {
            hasher.leaves()
                    .hashShortLeaf(
                            data,
                            at + whole * (long) LEAF_BYTES,
                            plan.lastLeafBytes(),
                            digests,
                            (long) lastLeaf * DIGEST_BYTES);
        }
    }

    private void compareLeaves(MemorySegment data, long at, int first, int count) {
        for (int i = 0; i < count; i++) {
            int leaf = first + i;
            int from = leaf * LEAF_BYTES;
            boolean zero = isZero(data, at + i * (long) LEAF_BYTES, leaf);
            boolean equal = compare && isAsExpected(leaf, zero);
            if (equal && (!recut || expected.isHole(leaf))) {
                cutter.boundary(from, expected.isHole(leaf));
                continue;
            }
            if (compare ? !equal : !(zero && isHoleInMap(from))) {
                changedBytes += endOf(leaf) - from;
            }
            if (zero) {
                cutter.zero(from, endOf(leaf) - from);
            } else {
                cutter.data(from);
            }
        }
    }

    private boolean isHoleInMap(int position) {
        return map.slot(map.find(position / map.grain())) == RegionMap.HOLE;
    }

    private boolean isAsExpected(int leaf, boolean zero) {
        if (expected.isHole(leaf)) {
            return zero;
        }
        long digest = (long) leaf * DIGEST_BYTES;
        return expected.isKnown(leaf)
                && expected.word0(leaf) == digests.get(WORD, digest)
                && expected.word1(leaf) == digests.get(WORD, digest + 8);
    }

    private boolean isZero(MemorySegment data, long at, int leaf) {
        int bytes = endOf(leaf) - leaf * LEAF_BYTES;
        if (!leafGrain || bytes < LEAF_BYTES) {
            return MemorySegment.mismatch(data, at, at + bytes, ZEROS, 0, bytes) < 0;
        }
        long digest = (long) leaf * DIGEST_BYTES;
        return digests.get(WORD, digest) == zeroWord0 && digests.get(WORD, digest + 8) == zeroWord1;
    }
}
