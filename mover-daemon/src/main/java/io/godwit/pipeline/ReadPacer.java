package io.godwit.pipeline;

import java.time.Duration;
import java.util.function.LongSupplier;

/// Holds reads back to a rate: bytes asked for are granted at most that fast, with a second's worth
/// of burst.
///
/// Any thread may call; each waits for its own share.
public final class ReadPacer {
    /// Never waits.
    public static final ReadPacer UNLIMITED = new ReadPacer(0, () -> 0, nanos -> {});

    /// Sleeps so long, in nanoseconds.
    public interface Sleeper {
        void sleep(long nanos) throws InterruptedException;
    }

    private static final long BURST_NANOS = Duration.ofMillis(250).toNanos();

    private final long bytesPerSecond;
    private final LongSupplier nanoClock;
    private final Sleeper sleeper;
    private long freeAt;

    /// @param bytesPerSecond 0 for no limit
    public ReadPacer(long bytesPerSecond, LongSupplier nanoClock, Sleeper sleeper) {
        this.bytesPerSecond = bytesPerSecond;
        this.nanoClock = nanoClock;
        this.sleeper = sleeper;
        this.freeAt = nanoClock.getAsLong();
    }

    void pace(long bytes) {
        if (bytesPerSecond == 0) {
            return;
        }
        long wait;
        synchronized (this) {
            long now = nanoClock.getAsLong();
            freeAt = Math.max(freeAt, now - BURST_NANOS) + (long) (bytes * 1e9 / bytesPerSecond);
            wait = freeAt - now;
        }
        if (wait > 0) {
            try {
                sleeper.sleep(wait);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
