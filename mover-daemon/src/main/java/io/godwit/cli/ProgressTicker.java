package io.godwit.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Looks at a run's counters now and then, and tells how far it is. Has a thread of its own, which
/// the one that runs starts and stops; the run itself only counts.
final class ProgressTicker implements AutoCloseable {
    /// How much the last interval weighs in the rate: jumps show, and do not make the rest
    /// unreadable.
    private static final double FRESHNESS = 0.3;

    private static final double NANOS = 1e9;

    private final Output output;
    private final Supplier<Progress.Counts> counts;
    private final LongSupplier nanoTime;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;
    private volatile String phase = "starting";
    private volatile long totalBytes;
    private long lastNanos;
    private long lastDone;
    private double rate;

    ProgressTicker(Outside outside, Output output, Supplier<Progress.Counts> counts) {
        this.output = output;
        this.counts = counts;
        this.nanoTime = outside.nanoTime();
        this.lastNanos = nanoTime.getAsLong();
        this.thread = outside.threads().newThread(this::tick);
        if (output.showsProgress()) {
            thread.start();
        }
    }

    /// A new phase began.
    void phase(String name, long total) {
        phase = name;
        totalBytes = total;
    }

    private void tick() {
        try {
            while (!ended.await(output.progressMillis(), TimeUnit.MILLISECONDS)) {
                output.progress(now());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Progress now() {
        Progress.Counts seen = counts.get();
        long nanos = nanoTime.getAsLong();
        if (nanos > lastNanos) {
            double current = (seen.done() - lastDone) * NANOS / (nanos - lastNanos);
            rate = rate == 0 ? current : rate + FRESHNESS * (current - rate);
        }
        lastNanos = nanos;
        lastDone = seen.done();
        return new Progress(
                phase,
                seen.done(),
                totalBytes,
                seen.read(),
                seen.fresh(),
                seen.stored(),
                Math.max(0, (long) rate));
    }

    @Override
    public void close() {
        ended.countDown();
        if (output.showsProgress()) {
            output.lastProgress(now());
        }
    }
}
