package io.godwit.chunk;

import io.godwit.digest.LeafHasher;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Cuts at local minima of the leaves' digests: pieces of 8 to 64 leaves, 15 on average over random
/// values.
///
/// The cut value of a leaf is the first 8 bytes of its digest as a little-endian unsigned number.
/// In a run of `n` leaves with values `v[0..n)`, a *cut at k* ends a piece before leaf k.
///
/// 1. There is a *primary cut* at k if `8 <= k <= n-8` and `v[k-1]` is strictly smaller than the 7
///    values before it and the 7 after it. Two such are at least 8 apart.
/// 2. Primary cuts and the run's ends bound *stretches*. As long as what remains of a stretch from
///    its start s, `rest` leaves, is more than 64, it is cut at `s+j`, where `v[s+j-1]` is the
///    smallest for j from 8 to `min(64, rest-8)`, the greatest such j if several are equal; then it
///    goes on from `s+j`.
///
/// What remains is 8 to 64 leaves, or the whole run if that is shorter than 8.
///
/// **Lookahead.** A primary cut at k is known when leaf k+7 is there. With 79 leaves since the last
/// cut s, every primary cut up to s+71 is known: if there is none, `rest` is at least 72 and the
/// choice is among all of 8 to 64; if there is one, `rest` itself is known. So 79 leaves always
/// decide, and at most 78 wait.
///
/// Owned by one thread. Work is linear in the leaves: each is tested once for a primary cut, and is
/// looked at for a forced cut at most 8 times, since a forced cut that looks at 57 leaves takes at
/// least 8 away.
final class LeafChunker implements Chunker {
    static final int MIN_LEAVES = 8;
    static final int MAX_LEAVES = 64;

    /// A primary cut's leaf is smaller than this many on either side.
    static final int NEIGHBOURS = 7;

    /// Leaves since the last cut that always decide the next.
    private static final int DECISIVE_LEAVES = MAX_LEAVES + MIN_LEAVES + NEIGHBOURS;

    /// Without a primary cut up to here, a stretch is long enough for the choice not to depend on
    /// its end.
    private static final int CLEAR_LEAVES = MAX_LEAVES + MIN_LEAVES - 1;

    private static final int UNKNOWN = -1;

    private static final ValueLayout.OfLong VALUE =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// Cut values of the leaves not yet cut, from `start` to `end`; the sign bit is flipped, so
    /// that signed comparison orders them as unsigned numbers.
    private long[] values = new long[2 * DECISIVE_LEAVES];

    private int start;
    private int end;

    /// Leaves before this one are not the last before a primary cut, or were and are cut.
    private int tested;

    /// Where the stretch that begins at or before `start` ends, once known.
    private int stretchEnd;

    private long uncutBytes;
    private boolean complete;

    @Override
    public void begin() {
        start = 0;
        end = 0;
        tested = NEIGHBOURS;
        stretchEnd = UNKNOWN;
        uncutBytes = 0;
        complete = false;
    }

    @Override
    public void append(
            MemorySegment data,
            long dataOffset,
            int length,
            MemorySegment digests,
            long digestsOffset) {
        if (complete && length > 0) {
            throw new IllegalStateException("append after a short leaf: bytes=" + length);
        }
        int leaves = Math.ceilDiv(length, LeafHasher.LEAF_BYTES);
        makeRoom(leaves);
        for (int i = 0; i < leaves; i++) {
            long digest = digestsOffset + (long) i * LeafHasher.DIGEST_BYTES;
            values[end++] = digests.get(VALUE, digest) ^ Long.MIN_VALUE;
        }
        uncutBytes += length;
        complete = length % LeafHasher.LEAF_BYTES != 0;
    }

    @Override
    public int next(boolean ended) {
        if (start == end) {
            return 0;
        }
        if (stretchEnd == UNKNOWN) {
            findStretchEnd();
        }
        if (stretchEnd == UNKNOWN && ended) {
            stretchEnd = end;
        }
        if (stretchEnd != UNKNOWN) {
            int rest = stretchEnd - start;
            return cut(rest <= MAX_LEAVES ? rest : forced(Math.min(MAX_LEAVES, rest - MIN_LEAVES)));
        }
        return tested - start >= CLEAR_LEAVES ? cut(forced(MAX_LEAVES)) : 0;
    }

    @Override
    public int lookaheadBytes() {
        return (DECISIVE_LEAVES - 1) * LeafHasher.LEAF_BYTES;
    }

    /// Looks for the next primary cut among the leaves that have 8 more behind them.
    private void findStretchEnd() {
        for (; tested + MIN_LEAVES < end; tested++) {
            if (isMinimum(tested)) {
                stretchEnd = tested + 1;
                return;
            }
        }
    }

    private boolean isMinimum(int leaf) {
        long value = values[leaf];
        for (int distance = 1; distance <= NEIGHBOURS; distance++) {
            if (values[leaf - distance] <= value || values[leaf + distance] <= value) {
                return false;
            }
        }
        return true;
    }

    /// The length from 8 to `most` leaves whose last leaf has the smallest value, the greatest such
    /// length.
    private int forced(int most) {
        int best = MIN_LEAVES;
        for (int length = MIN_LEAVES + 1; length <= most; length++) {
            if (values[start + length - 1] <= values[start + best - 1]) {
                best = length;
            }
        }
        return best;
    }

    private int cut(int leaves) {
        start += leaves;
        if (start == stretchEnd) {
            // The 7 leaves behind a primary cut are greater than the leaf before it: none is a
            // minimum.
            tested = start + NEIGHBOURS;
            stretchEnd = UNKNOWN;
        }
        int bytes = (int) Math.min(uncutBytes, (long) leaves * LeafHasher.LEAF_BYTES);
        uncutBytes -= bytes;
        return bytes;
    }

    private void makeRoom(int leaves) {
        if (values.length - end >= leaves) {
            return;
        }
        int kept = end - start;
        int needed = Math.addExact(kept, leaves);
        long[] target =
                needed > values.length
                        ? Arrays.copyOf(values, Math.max(needed, 2 * values.length))
                        : values;
        System.arraycopy(values, start, target, 0, kept);
        values = target;
        tested -= start;
        stretchEnd = stretchEnd == UNKNOWN ? UNKNOWN : stretchEnd - start;
        start = 0;
        end = kept;
    }
}
