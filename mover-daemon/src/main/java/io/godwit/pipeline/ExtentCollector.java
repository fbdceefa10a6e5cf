package io.godwit.pipeline;

import java.util.Arrays;

/// Gathers extents in any order and in bounded memory.
///
/// When there are more than it holds, neighbours with small gaps become one: what is read is then a
/// little more than what was listed, which is never wrong, only slower. Used by one thread.
public final class ExtentCollector {
    /// 16 MiB; half of it is always free again after merging.
    public static final int LIMIT = 1 << 20;

    private static final long FIRST_GAP = ExtentSet.BLOCK_BYTES;

    private final int limit;
    private long[] starts = new long[1024];
    private long[] ends = new long[1024];
    private int count;

    public ExtentCollector() {
        this(LIMIT);
    }

    /// @param limit extents that are kept apart
    public ExtentCollector(int limit) {
        this.limit = limit;
    }

    /// Adds an extent that lies in the range of numbers; an empty one is nothing.
    public void add(long offset, long length) {
        if (length == 0) {
            return;
        }
        long start = offset & -ExtentSet.BLOCK_BYTES;
        long end = (offset + length + ExtentSet.BLOCK_BYTES - 1) & -ExtentSet.BLOCK_BYTES;
        if (count > 0 && start <= ends[count - 1] && start >= starts[count - 1]) {
            ends[count - 1] = Math.max(ends[count - 1], end);
            return;
        }
        makeRoom();
        starts[count] = start;
        ends[count++] = end;
    }

    private void makeRoom() {
        if (count < starts.length) {
            return;
        }
        if (count < limit) {
            int larger = Math.min(limit, 2 * count);
            starts = Arrays.copyOf(starts, larger);
            ends = Arrays.copyOf(ends, larger);
            return;
        }
        merge(0);
        for (long gap = FIRST_GAP; count > limit / 2; gap *= 2) {
            merge(gap);
        }
    }

    /// Makes one of extents that overlap, touch or are at most `gap` apart.
    ///
    /// Starts and ends are sorted each for itself: going along both, the union is where more have
    /// started than ended.
    private void merge(long gap) {
        Arrays.sort(starts, 0, count);
        Arrays.sort(ends, 0, count);
        int merged = 0;
        long start = count == 0 ? 0 : starts[0];
        for (int started = 1; started <= count; started++) {
            // As many have ended by then as have started: none is open.
            long end = ends[started - 1];
            boolean last = started == count;
            if (last || starts[started] > end + gap) {
                long next = last ? 0 : starts[started];
                starts[merged] = start;
                ends[merged++] = end;
                start = next;
            }
        }
        count = merged;
    }

    public ExtentSet build() {
        merge(0);
        ExtentSet.Builder builder = new ExtentSet.Builder();
        for (int i = 0; i < count; i++) {
            builder.add(starts[i], ends[i] - starts[i]);
        }
        return builder.build();
    }
}
