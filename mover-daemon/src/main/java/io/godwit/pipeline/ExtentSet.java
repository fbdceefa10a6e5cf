package io.godwit.pipeline;

import java.util.Arrays;

/// A set of a volume's bytes, as sorted, disjoint, non-touching extents rounded outward to blocks.
///
/// Immutable; any number of extents in any order go in, overlapping or not.
public final class ExtentSet {
    public static final int BLOCK_BYTES = 4096;
    public static final ExtentSet EMPTY = new ExtentSet(new long[0], new long[0]);

    private final long[] starts;
    private final long[] ends;

    private ExtentSet(long[] starts, long[] ends) {
        this.starts = starts;
        this.ends = ends;
    }

    /// The union of extents given as offsets and lengths in bytes, both non-negative.
    public static ExtentSet of(long[] offsets, long[] lengths) {
        if (offsets.length != lengths.length) {
            throw new IllegalArgumentException("offsets and lengths differ in number");
        }
        Builder builder = new Builder();
        for (int i = 0; i < offsets.length; i++) {
            builder.add(offsets[i], lengths[i]);
        }
        return builder.build();
    }

    public int size() {
        return starts.length;
    }

    public long start(int index) {
        return starts[index];
    }

    /// The first byte behind extent `index`.
    public long end(int index) {
        return ends[index];
    }

    public long bytes() {
        long sum = 0;
        for (int i = 0; i < starts.length; i++) {
            sum += ends[i] - starts[i];
        }
        return sum;
    }

    /// The first extent that ends behind `offset`; `size()` when there is none.
    public int firstEndingBehind(long offset) {
        int found = Arrays.binarySearch(ends, offset);
        return found >= 0 ? found + 1 : -found - 1;
    }

    /// Whether any byte of the set lies in `[from, to)`.
    public boolean touches(long from, long to) {
        int index = firstEndingBehind(from);
        return index < starts.length && starts[index] < to;
    }

    public boolean contains(long offset) {
        return touches(offset, offset + 1);
    }

    public ExtentSet union(ExtentSet other) {
        Builder builder = new Builder();
        for (int i = 0; i < starts.length; i++) {
            builder.add(starts[i], ends[i] - starts[i]);
        }
        for (int i = 0; i < other.starts.length; i++) {
            builder.add(other.starts[i], other.ends[i] - other.starts[i]);
        }
        return builder.build();
    }

    /// What of this set is not in the other.
    public ExtentSet minus(ExtentSet other) {
        Builder builder = new Builder();
        for (int i = 0; i < starts.length; i++) {
            long from = starts[i];
            int cut = other.firstEndingBehind(from);
            while (cut < other.size() && other.start(cut) < ends[i]) {
                builder.add(from, Math.max(0, other.start(cut) - from));
                from = other.end(cut++);
            }
            builder.add(from, Math.max(0, ends[i] - from));
        }
        return builder.build();
    }

    /// Collects extents in any order.
    public static final class Builder {
        private long[] offsets = new long[16];
        private long[] ends = new long[16];
        private int count;

        public Builder add(long offset, long length) {
            if (offset < 0 || length < 0 || offset > Long.MAX_VALUE - BLOCK_BYTES - length) {
                throw new IllegalArgumentException(
                        "extent out of range: offset=%d length=%d".formatted(offset, length));
            }
            if (length == 0) {
                return this;
            }
            if (count == offsets.length) {
                offsets = Arrays.copyOf(offsets, 2 * count);
                ends = Arrays.copyOf(ends, 2 * count);
            }
            offsets[count] = offset & -BLOCK_BYTES;
            ends[count++] = (offset + length + BLOCK_BYTES - 1) & -BLOCK_BYTES;
            return this;
        }

        public ExtentSet build() {
            sortByOffset();
            int kept = 0;
            for (int i = 0; i < count; i++) {
                if (kept > 0 && offsets[i] <= ends[kept - 1]) {
                    ends[kept - 1] = Math.max(ends[kept - 1], ends[i]);
                } else {
                    offsets[kept] = offsets[i];
                    ends[kept++] = ends[i];
                }
            }
            return new ExtentSet(Arrays.copyOf(offsets, kept), Arrays.copyOf(ends, kept));
        }

        private void sortByOffset() {
            boolean sorted = true;
            for (int i = 1; i < count && sorted; i++) {
                sorted = offsets[i - 1] <= offsets[i];
            }
            if (sorted) {
                return;
            }
            long[][] pairs = new long[count][];
            for (int i = 0; i < count; i++) {
                pairs[i] = new long[] {offsets[i], ends[i]};
            }
            Arrays.sort(pairs, (a, b) -> Long.compare(a[0], b[0]));
            for (int i = 0; i < count; i++) {
                offsets[i] = pairs[i][0];
                ends[i] = pairs[i][1];
            }
        }
    }
}
