package io.godwit.chunk;

import io.godwit.digest.DigestKey;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Cuts where a rolling hash of the last 64 bytes is small.
///
/// The hash is Gear: `h = (h << 1) + table[byte]` over 64-bit words, whose table comes from a
/// secret key ([GearTable]). A byte leaves it after 64 steps, so `h` depends on the 64 bytes before
/// a position and on nothing else. A piece ends at the first position at least `min = average/2`
/// bytes from its start where `h`, unsigned, is below `2^64 / (average/2)`, and at the latest at
/// `max = 8 average`. Lengths beyond the minimum are then distributed exponentially around the
/// average. The comparison decides on the high bits, the only ones that all 64 bytes reach.
///
/// One threshold and not the two of FastCDC's "normalised chunking": at the same average the plain
/// exponential finds as many duplicates or more, because it comes back into step sooner. The
/// maximum is generous for the same reason: where it cuts, the content did not.
///
/// Owned by one thread.
final class GearChunker implements Chunker {
    /// Bytes that the hash depends on: one bit of shift for each.
    static final int WINDOW = Long.SIZE;

    private static final int NO_CUT = -1;

    private final long[] table;
    private final int min;
    private final int max;

    /// The threshold with the sign bit flipped, for signed comparison.
    private final long below;

    private long hash;
    private int pieceBytes;

    /// Pieces decided and not yet taken, from `taken` to `decided`.
    private int[] pieces = new int[16];

    private int taken;
    private int decided;

    GearChunker(ChunkerSpec.Gear spec, DigestKey key) {
        table = GearTable.derive(key);
        min = spec.minBytes();
        max = spec.maxBytes();
        below = threshold(spec) ^ Long.MIN_VALUE;
    }

    /// As an unsigned number: a position is a cut with a probability of one in average/2.
    static long threshold(ChunkerSpec.Gear spec) {
        return Long.divideUnsigned(-1L, spec.averageBytes() - spec.minBytes());
    }

    @Override
    public void begin() {
        hash = 0;
        pieceBytes = 0;
        taken = 0;
        decided = 0;
    }

    @Override
    public void append(
            MemorySegment data,
            long dataOffset,
            int length,
            MemorySegment digests,
            long digestsOffset) {
        int at = 0;
        while (at < length) {
            int left = length - at;
            if (pieceBytes < min - WINDOW) {
                int skip = Math.min(left, min - WINDOW - pieceBytes);
                pieceBytes += skip;
                at += skip;
            } else if (pieceBytes < min - 1) {
                int fill = Math.min(left, min - 1 - pieceBytes);
                fill(data, dataOffset + at, fill);
                pieceBytes += fill;
                at += fill;
            } else {
                int count = Math.min(left, max - pieceBytes);
                int cut = find(data, dataOffset + at, count);
                int step = cut == NO_CUT ? count : cut;
                pieceBytes += step;
                at += step;
                if (cut != NO_CUT || pieceBytes == max) {
                    decide();
                }
            }
        }
    }

    @Override
    public int next(boolean ended) {
        if (taken < decided) {
            return pieces[taken++];
        }
        taken = 0;
        decided = 0;
        if (!ended) {
            return 0;
        }
        int rest = pieceBytes;
        pieceBytes = 0;
        hash = 0;
        return rest;
    }

    @Override
    public int lookaheadBytes() {
        return max - 1;
    }

    private void fill(MemorySegment data, long offset, int count) {
        long h = hash;
        for (int i = 0; i < count; i++) {
            h = (h << 1) + table[data.get(ValueLayout.JAVA_BYTE, offset + i) & 0xFF];
        }
        hash = h;
    }

    /// The number of bytes, from 1 to `count`, after which the hash is below the threshold for the
    /// first time.
    private int find(MemorySegment data, long offset, int count) {
        long h = hash;
        for (int i = 0; i < count; i++) {
            h = (h << 1) + table[data.get(ValueLayout.JAVA_BYTE, offset + i) & 0xFF];
            if ((h ^ Long.MIN_VALUE) < below) {
                return i + 1;
            }
        }
        hash = h;
        return NO_CUT;
    }

    private void decide() {
        if (decided == pieces.length) {
            pieces = Arrays.copyOf(pieces, 2 * pieces.length);
        }
        pieces[decided++] = pieceBytes;
        pieceBytes = 0;
        hash = 0;
    }
}
