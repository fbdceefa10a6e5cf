package io.godwit.volume;

import java.util.Arrays;

/// A list of changes to lay over a region map: sorted extents that do not overlap.
///
/// Changes added in ascending order without overlap are kept as they come. Any others are put in
/// order once, before they are read, by a merge sort in which a later change covers an earlier one:
/// n changes cost O(n log n) whatever their order. Reused by one worker; nothing is allocated once
/// it has grown.
public final class RegionChanges {
    private static final int FIELDS = 4;
    private static final int START = 0;
    private static final int LENGTH = 1;
    private static final int SLOT = 2;
    private static final int SKIP = 3;

    private int[] rows = new int[64 * FIELDS];
    private int[] merged = new int[0];
    private int[] bounds = new int[0];
    private int count;
    private boolean ordered = true;

    public void clear() {
        count = 0;
        ordered = true;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    /// Adds a change that names a part of a chunk, in units of the map's grain.
    public void add(int start, int length, int slot, int skip) {
        if (start < 0 || length <= 0 || skip < 0 || slot < RegionMap.HOLE) {
            throw new IllegalArgumentException(
                    "change out of range: " + RegionMap.describe(start, length, slot, skip));
        }
        ordered = ordered && (count == 0 || start >= end(count - 1));
        rows = grown(rows, (count + 1) * FIELDS);
        put(rows, count++, start, length, slot, slot == RegionMap.HOLE ? 0 : skip);
    }

    /// Adds a change to zeros.
    public void addHole(int start, int length) {
        add(start, length, RegionMap.HOLE, 0);
    }

    /// How many changes there are, after overlaps were resolved.
    public int count() {
        settle();
        return count;
    }

    int start(int change) {
        return rows[change * FIELDS + START];
    }

    int length(int change) {
        return rows[change * FIELDS + LENGTH];
    }

    int slot(int change) {
        return rows[change * FIELDS + SLOT];
    }

    int skip(int change) {
        return rows[change * FIELDS + SKIP];
    }

    int end(int change) {
        return start(change) + length(change);
    }

    private void settle() {
        if (ordered) {
            return;
        }
        int runs = count;
        bounds = bounds.length > runs ? bounds : new int[runs + 1];
        for (int i = 0; i <= runs; i++) {
            bounds[i] = i;
        }
        while (runs > 1) {
            int halved = 0;
            int out = 0;
            for (int run = 0; run < runs; run += 2) {
                int middle = bounds[run + 1];
                int end = run + 2 <= runs ? bounds[run + 2] : middle;
                out = cover(bounds[run], middle, end, out);
                bounds[++halved] = out;
            }
            int[] swapped = rows;
            rows = merged;
            merged = swapped;
            runs = halved;
        }
        count = bounds[1];
        ordered = true;
    }

    /// Merges the older run `[from, middle)` under the newer one `[middle, to)` and returns the new
    /// count.
    private int cover(int from, int middle, int to, int target) {
        merged = grown(merged, (target + (middle - from) + 2 * (to - middle)) * FIELDS);
        int out = target;
        int older = from;
        int position = 0;
        for (int newer = middle; newer <= to; newer++) {
            int limit = newer < to ? start(newer) : Integer.MAX_VALUE;
            while (older < middle && start(older) < limit) {
                int start = Math.max(position, start(older));
                int end = Math.min(limit, end(older));
                if (start < end) {
                    int slot = slot(older);
                    int skip = slot == RegionMap.HOLE ? 0 : skip(older) + start - start(older);
                    put(merged, out++, start, end - start, slot, skip);
                }
                if (end(older) > limit) {
                    break;
                }
                older++;
            }
            if (newer < to) {
                put(merged, out++, start(newer), length(newer), slot(newer), skip(newer));
                position = end(newer);
            }
        }
        return out;
    }

    private static void put(int[] rows, int row, int start, int length, int slot, int skip) {
        rows[row * FIELDS + START] = start;
        rows[row * FIELDS + LENGTH] = length;
        rows[row * FIELDS + SLOT] = slot;
        rows[row * FIELDS + SKIP] = skip;
    }

    private static int[] grown(int[] array, int needed) {
        return array.length >= needed
                ? array
                : Arrays.copyOf(array, Math.max(needed, 2 * array.length));
    }
}
