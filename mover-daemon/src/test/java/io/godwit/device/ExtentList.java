package io.godwit.device;

import java.util.Arrays;

/// A growing list of extents in two arrays, reused from region to region. Owned by one thread.
public final class ExtentList {
    private long[] offsets = new long[16];
    private long[] lengths = new long[16];
    private int size;

    /// Appends an extent; one that continues the last one becomes a part of it.
    public void add(long offset, long length) {
        if (offset < 0 || length <= 0) {
            throw new IllegalArgumentException(
                    "bad extent: offset=" + offset + " length=" + length);
        }
        if (size > 0 && offsets[size - 1] + lengths[size - 1] == offset) {
            lengths[size - 1] += length;
            return;
        }
        if (size == offsets.length) {
            offsets = Arrays.copyOf(offsets, 2 * size);
            lengths = Arrays.copyOf(lengths, 2 * size);
        }
        offsets[size] = offset;
        lengths[size] = length;
        size++;
    }

    /// Appends what is data, not hole, of the source's bytes `[from, to)`; `from` is a multiple of
    /// the block.
    public void addData(BlockSource source, long from, long to) {
        long data = source.nextData(from);
        while (data < to) {
            long hole = Math.min(to, source.nextHole(data));
            add(data, hole - data);
            data = source.nextData(hole);
        }
    }

    public int size() {
        return size;
    }

    public long offset(int index) {
        return offsets[checked(index)];
    }

    public long length(int index) {
        return lengths[checked(index)];
    }

    public long totalBytes() {
        long total = 0;
        for (int i = 0; i < size; i++) {
            total += lengths[i];
        }
        return total;
    }

    public void clear() {
        size = 0;
    }

    private int checked(int index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException(index);
        }
        return index;
    }
}
