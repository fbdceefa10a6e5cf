package io.godwit.commit;

import java.util.random.RandomGenerator;

/// Names a snapshot: 128 random bits, written as 32 hexadecimal digits.
public record SnapshotId(long high, long low) implements Comparable<SnapshotId> {
    public static final int BYTES = 16;

    /// Digits of the written form.
    public static final int DIGITS = 2 * BYTES;

    public static SnapshotId random(RandomGenerator random) {
        return new SnapshotId(random.nextLong(), random.nextLong());
    }

    /// Reads the written form.
    ///
    /// @throws IllegalArgumentException when `text` is not one
    public static SnapshotId parse(String text) {
        if (text.length() != DIGITS) {
            throw new IllegalArgumentException("not a snapshot id: " + text);
        }
        return new SnapshotId(Hex.parseLong(text, 0), Hex.parseLong(text, 16));
    }

    @Override
    public int compareTo(SnapshotId other) {
        int order = Long.compareUnsigned(high, other.high);
        return order == 0 ? Long.compareUnsigned(low, other.low) : order;
    }

    @Override
    public String toString() {
        return Hex.digits(high) + Hex.digits(low);
    }
}
