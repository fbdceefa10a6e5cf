package io.godwit.restore;

import io.godwit.device.BlockTarget;
import io.godwit.device.WriteFailure;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/// The part of a volume that is restored, and where it lands: byte `from` of the volume is the
/// target's first. What lies outside is cut off. Any thread may write.
final class TargetWindow {
    private final BlockTarget target;
    private final long from;
    private final long to;
    private final RestoreCounters counters;
    private final AtomicLong failures = new AtomicLong();

    TargetWindow(BlockTarget target, long from, long to, RestoreCounters counters) {
        this.target = target;
        this.from = from;
        this.to = to;
        this.counters = counters;
    }

    BlockTarget target() {
        return target;
    }

    long from() {
        return from;
    }

    long to() {
        return to;
    }

    /// The same for one worker alone, whose [#failures] are its own.
    TargetWindow ofOneWorker() {
        return new TargetWindow(target, from, to, counters);
    }

    /// How often something could not be had or written so far.
    long failures() {
        return failures.get();
    }

    /// Announces that all of these bytes of the volume will be written.
    void reserve(long offset, long length) {
        long start = Math.max(offset, from);
        long end = Math.min(offset + length, to);
        if (start < end) {
            target.reserve(start - from, end - start);
        }
    }

    /// Writes bytes of the volume that lie at `source[at]`.
    void write(long offset, MemorySegment source, long at, long length) {
        long start = Math.max(offset, from);
        long end = Math.min(offset + length, to);
        if (start >= end) {
            return;
        }
        try {
            target.write(start - from, source, at + start - offset, (int) (end - start));
            counters.writtenBytes.add(end - start);
        } catch (WriteFailure failed) {
            failures.incrementAndGet();
            counters.bad(failed.rest().offset(), failed.rest().length(), failed.reason());
        }
    }

    /// Makes bytes of the volume read as zeros.
    void zero(long offset, long length) {
        long start = Math.max(offset, from);
        long end = Math.min(offset + length, to);
        if (start >= end) {
            return;
        }
        try {
            target.zero(start - from, end - start);
        } catch (WriteFailure failed) {
            failures.incrementAndGet();
            counters.bad(failed.rest().offset(), failed.rest().length(), failed.reason());
        }
    }

    /// Notes bytes of the volume that could not be had.
    void bad(long offset, long length, String reason) {
        long start = Math.max(offset, from);
        long end = Math.min(offset + length, to);
        if (start < end) {
            failures.incrementAndGet();
            counters.bad(start - from, end - start, reason);
        }
    }
}
