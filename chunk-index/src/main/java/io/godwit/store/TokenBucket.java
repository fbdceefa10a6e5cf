package io.godwit.store;

import java.util.function.LongSupplier;

/// Lets bytes through at a rate, kept as the moment at which everything let through so far is paid
/// (the "generic cell rate algorithm" of ITU-T I.371, in its virtual-scheduling form).
///
/// Callers reserve their turn and wait outside the lock. Whoever wakes late finds up to 100 ms of
/// unused time credited, so that in the long run the rate is met and not merely kept below.
/// Thread-safe.
final class TokenBucket {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long CREDIT_NANOS = NANOS_PER_SECOND / 10;

    private final double nanosPerByte;
    private final LongSupplier nanoTime;
    private long paidUntil;

    /// @param bytesPerSecond above 0
    TokenBucket(long bytesPerSecond, LongSupplier nanoTime) {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("rate below 1: " + bytesPerSecond);
        }
        this.nanosPerByte = (double) NANOS_PER_SECOND / bytesPerSecond;
        this.nanoTime = nanoTime;
        this.paidUntil = nanoTime.getAsLong();
    }

    /// Takes the next turn and returns how many nanoseconds remain until it comes.
    synchronized long reserve(long bytes) {
        long now = nanoTime.getAsLong();
        long start = Math.max(paidUntil - now, -CREDIT_NANOS);
        paidUntil = now + start + (long) (bytes * nanosPerByte);
        return Math.max(0, start);
    }

    /// Counts bytes that do not wait for their turn.
    synchronized void charge(long bytes) {
        paidUntil += (long) (bytes * nanosPerByte);
    }
}
