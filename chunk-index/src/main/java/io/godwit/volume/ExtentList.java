package io.godwit.volume;

import java.util.Arrays;

/// Extents in order that cover a region without gaps: three columns of ints, no object per extent.
///
/// The start of the extent behind the last one is the region's end. Neighbours that continue each
/// other are always merged, so that a list is as short as it can be for its slots.
final class ExtentList {
    private int[] starts = new int[64];
    private int[] slots = new int[64];
    private int[] skips = new int[64];
    private int count;
    private int units;

    int count() {
        return count;
    }

    int units() {
        return units;
    }

    int start(int extent) {
        return starts[extent];
    }

    int end(int extent) {
        return extent + 1 < count ? starts[extent + 1] : units;
    }

    int slot(int extent) {
        return slots[extent];
    }

    int skip(int extent) {
        return skips[extent];
    }

    /// Makes it one hole of so many units.
    void clear(int length) {
        begin();
        append(0, length, RegionMap.HOLE, 0);
    }

    /// Empties it, for [#append].
    void begin() {
        count = 0;
        units = 0;
    }

    /// Adds an extent at the end; `start` must be where the last one ended.
    void append(int start, int end, int slot, int skip) {
        units = end;
        if (count > 0 && continues(count - 1, start, slot, skip)) {
            return;
        }
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
            slots = Arrays.copyOf(slots, 2 * count);
            skips = Arrays.copyOf(skips, 2 * count);
        }
        starts[count] = start;
        slots[count] = slot;
        skips[count] = skip;
        count++;
    }

    /// Whether an extent at `start` would only prolong the one given.
    private boolean continues(int extent, int start, int slot, int skip) {
        return slots[extent] == slot
                && (slot == RegionMap.HOLE || skips[extent] + start - starts[extent] == skip);
    }

    /// Copies the span `[from, to)` of another list to the end of this one and returns where to go
    /// on in it.
    int appendSpan(ExtentList source, int firstExtent, int from, int to) {
        int extent = firstExtent;
        int position = from;
        while (position < to) {
            int sourceEnd = source.end(extent);
            if (sourceEnd > position) {
                int end = Math.min(sourceEnd, to);
                int slot = source.slots[extent];
                int skip =
                        slot == RegionMap.HOLE
                                ? 0
                                : source.skips[extent] + position - source.starts[extent];
                append(position, end, slot, skip);
                position = end;
            }
            if (sourceEnd <= to) {
                extent++;
            }
        }
        return extent;
    }

    /// Becomes `base` with `changes` laid over it, in one pass over both.
    void merge(ExtentList base, RegionChanges changes) {
        begin();
        int changeCount = changes.count();
        int extent = 0;
        for (int change = 0; change < changeCount; change++) {
            int start = changes.start(change);
            int end = changes.end(change);
            extent = appendSpan(base, extent, units, start);
            append(start, end, changes.slot(change), changes.skip(change));
            while (extent < base.count && base.end(extent) <= end) {
                extent++;
            }
        }
        appendSpan(base, extent, units, base.units);
    }

    void copyFrom(ExtentList other) {
        if (starts.length < other.count) {
            starts = new int[other.starts.length];
            slots = new int[other.starts.length];
            skips = new int[other.starts.length];
        }
        System.arraycopy(other.starts, 0, starts, 0, other.count);
        System.arraycopy(other.slots, 0, slots, 0, other.count);
        System.arraycopy(other.skips, 0, skips, 0, other.count);
        count = other.count;
        units = other.units;
    }

    /// The extent that covers a unit, by binary search.
    int find(int unit) {
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (starts[middle] <= unit) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
