package io.godwit.index;

import io.godwit.chunk.ChunkId;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Puts rows of one size, each beginning with its id, in the order of their ids without moving
/// them.
///
/// Sorts longs: the top bits of the id and the row's number below them. Ids are keyed digests, so
/// few share their top bits, and those few are put right by comparing them whole.
final class RowOrder {
    /// Rows at most, so that 40 bits of the id are left.
    static final int MAX_ROWS = 1 << 24;

    private static final int NUMBER_BITS = 24;
    private static final long NUMBER_MASK = MAX_ROWS - 1;

    private static final ValueLayout.OfLong ID_WORD =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final MemorySegment rows;
    private final int rowBytes;

    private RowOrder(MemorySegment rows, int rowBytes) {
        this.rows = rows;
        this.rowBytes = rowBytes;
    }

    /// The numbers of the rows by ascending id; of rows with the same id only the first.
    static int[] of(MemorySegment rows, int count, int rowBytes) {
        if (count > MAX_ROWS) {
            throw new IllegalArgumentException("too many rows to sort: " + count);
        }
        return new RowOrder(rows, rowBytes).sorted(count);
    }

    private int[] sorted(int count) {
        long[] order = new long[count];
        for (int i = 0; i < count; i++) {
            long top = rows.get(ID_WORD, (long) i * rowBytes) ^ Long.MIN_VALUE;
            order[i] = top >> NUMBER_BITS << NUMBER_BITS | i;
        }
        Arrays.sort(order);
        sortTies(order);
        int[] numbers = new int[count];
        int kept = 0;
        for (long entry : order) {
            if (kept == 0 || compareIds(numbers[kept - 1], number(entry)) != 0) {
                numbers[kept++] = number(entry);
            }
        }
        return Arrays.copyOf(numbers, kept);
    }

    /// Ids that agree in their top bits are next to each other now, by their numbers: put them in
    /// full order.
    private void sortTies(long[] order) {
        for (int i = 1; i < order.length; i++) {
            long entry = order[i];
            int to = i;
            while (to > 0 && isAfter(order[to - 1], entry)) {
                order[to] = order[to - 1];
                to--;
            }
            order[to] = entry;
        }
    }

    private boolean isAfter(long one, long other) {
        return one >> NUMBER_BITS == other >> NUMBER_BITS
                && compareIds(number(one), number(other)) > 0;
    }

    private int compareIds(int one, int other) {
        return ChunkId.read(rows, (long) one * rowBytes)
                .compareTo(ChunkId.read(rows, (long) other * rowBytes));
    }

    private static int number(long entry) {
        return (int) (entry & NUMBER_MASK);
    }
}
