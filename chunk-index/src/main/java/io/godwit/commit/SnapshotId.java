package io.godwit.commit;

import io.godwit.pack.SessionId;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Names a snapshot: 128 bits, written as 32 hexadecimal digits.
///
/// The first 64 are random. The others say which session committed it: the first 52 of the
/// session's random bits, then how many snapshots the session committed, less one. So a listing of
/// `snap/` alone tells of which sessions everything is published. It is a hint only: ids made
/// otherwise cost a reader more requests, nothing else.
public record SnapshotId(long high, long low) implements Comparable<SnapshotId> {
    public static final int BYTES = 16;

    /// Digits of the written form.
    public static final int DIGITS = 2 * BYTES;

    private static final int COUNT_BITS = 12;

    /// An id that says nothing about its session.
    public static SnapshotId random(RandomGenerator random) {
        return new SnapshotId(random.nextLong(), random.nextLong());
    }

    /// The ids of all snapshots that a session commits.
    static List<SnapshotId> of(SessionId session, int count, RandomGenerator random) {
        if (count < 1 || count > CatalogueEntry.SIBLINGS_MAX) {
            throw new IllegalArgumentException("snapshots out of range: " + count);
        }
        long low = (session.randomHigh() >>> COUNT_BITS << COUNT_BITS) | (count - 1);
        List<SnapshotId> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(new SnapshotId(random.nextLong(), low));
        }
        return List.copyOf(ids);
    }

    /// What all snapshots of the session have in common.
    static long tag(SessionId session) {
        return session.randomHigh() >>> COUNT_BITS;
    }

    long tag() {
        return low >>> COUNT_BITS;
    }

    /// How many snapshots the session committed, if the id was made for one.
    int siblings() {
        return (int) (low & ((1 << COUNT_BITS) - 1)) + 1;
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
