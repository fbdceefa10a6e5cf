package io.godwit.device;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// A source whose bytes follow from their position, with blocks that cannot be read and reads that
/// can be held up.
final class PatternSource implements BlockSource {
    private final long size;
    private final Set<Long> badBlocks = new TreeSet<>();
    private final boolean deliversPrefix;
    final AtomicInteger reads = new AtomicInteger();
    final AtomicInteger inFlight = new AtomicInteger();
    final AtomicInteger mostInFlight = new AtomicInteger();
    volatile CountDownLatch gate = new CountDownLatch(0);
    volatile long failsAt = -1;

    PatternSource(long size, boolean deliversPrefix, Long... badBlocks) {
        this.size = size;
        this.deliversPrefix = deliversPrefix;
        this.badBlocks.addAll(List.of(badBlocks));
    }

    static byte at(long position) {
        long mixed = (position + 1) * 0x9E3779B97F4A7C15L;
        return (byte) (mixed >>> 56);
    }

    @Override
    public SourceFacts facts() {
        return new SourceFacts(SourceFacts.Kind.FILE, "pattern", size, 1, 0, 0, Instant.EPOCH);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long offset, MemorySegment target, long targetOffset, int length) {
        reads.incrementAndGet();
        mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
        try {
            if (gate.getCount() > 0) {
                gate.await();
            }
            if (failsAt >= offset && failsAt < offset + length) {
                throw new IllegalStateException("planted");
            }
            deliver(offset, target, targetOffset, length);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        } finally {
            inFlight.decrementAndGet();
        }
    }

    private void deliver(long offset, MemorySegment target, long targetOffset, int length) {
        for (int i = 0; i < length; i++) {
            long position = offset + i;
            if (badBlocks.contains(position / BLOCK_BYTES)) {
                long failed = deliversPrefix ? position : offset;
                throw new ReadFailure(
                        "pattern",
                        "input/output error",
                        List.of(new Extent(failed, offset + length - failed)));
            }
            byte value = position < size ? at(position) : 0;
            target.set(JAVA_BYTE, targetOffset + i, value);
        }
    }

    @Override
    public long nextData(long from) {
        return Math.min(from, size);
    }

    @Override
    public long nextHole(long from) {
        return size;
    }

    @Override
    public void checkUnchanged() {}

    @Override
    public boolean modified() {
        return false;
    }

    @Override
    public void close() {}
}
