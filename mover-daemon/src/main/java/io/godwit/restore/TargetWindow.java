package io.godwit.restore;

import io.godwit.device.BlockTarget;
import io.godwit.device.WriteFailure;
import java.lang.foreign.MemorySegment;

/// The part of a volume that is restored, and where it lands: byte `from` of the volume is the target's first.
/// What lies outside is cut off. Any thread may write.
final class TargetWindow {
    private final BlockTarget target;
    private final long from;
    private final long to;
    private final RestoreCounters counters;

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
            counters.bad(failed.rest().offset(), failed.rest().length(), failed.reason());
        }
    }

    /// Notes bytes of the volume that could not be had.
    void bad(long offset, long length, String reason) {
        long start = Math.max(offset, from);
        long end = Math.min(offset + length, to);
        if (start < end) {
            counters.bad(start - from, end - start, reason);
        }
    }
}
