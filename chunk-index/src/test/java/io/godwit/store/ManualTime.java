package io.godwit.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/// Time that passes only when somebody sleeps: each sleeper moves it on and goes ahead.
public final class ManualTime implements LongSupplier, InstantSource, Sleeper {
    private long nanos;
    private long slept;

    @Override
    public synchronized long getAsLong() {
        return nanos;
    }

    @Override
    public synchronized Instant instant() {
        return Instant.parse("2026-11-22T00:00:00Z").plusNanos(nanos);
    }

    @Override
    public synchronized void sleep(Duration duration) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        nanos += duration.toNanos();
        slept += duration.toNanos();
    }

    public synchronized void pass(Duration duration) {
        nanos += duration.toNanos();
    }

    /// What all sleepers waited in all.
    public synchronized Duration slept() {
        return Duration.ofNanos(slept);
    }
}
