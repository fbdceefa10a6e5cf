package io.godwit.device;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Equal buffers of a [Slab], lent to any number of threads; who finds none waits, first come first
/// served.
///
/// A buffer has one owner at a time, who may hand it to another thread; it comes back exactly once.
/// Contents are whatever the last owner left.
public final class BufferPool {
    private final String name;
    private final long base;
    private final long stride;
    private final int bufferBytes;
    private final MemorySegment[] buffers;

    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition returned = lock.newCondition();
    private final BitSet free;

    BufferPool(String name, MemorySegment range, long stride, int bufferBytes, int count) {
        this.name = name;
        this.base = range.address();
        this.stride = stride;
        this.bufferBytes = bufferBytes;
        this.buffers = new MemorySegment[count];
        for (int i = 0; i < count; i++) {
            buffers[i] = range.asSlice(i * stride, bufferBytes);
        }
        this.free = new BitSet(count);
        free.set(0, count);
    }

    public int bufferBytes() {
        return bufferBytes;
    }

    public int count() {
        return buffers.length;
    }

    /// Waits for a buffer.
    ///
    /// @throws GodwitException `INTERRUPTED` when the thread is interrupted; it stays so
    public MemorySegment acquire() {
        try {
            lock.lockInterruptibly();
            try {
                while (free.isEmpty()) {
                    returned.await();
                }
                return take();
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new GodwitException(
                    FailureKind.INTERRUPTED, "interrupted: waiting-for=" + name, interrupted);
        }
    }

    /// A buffer when one is free, else null.
    public @Nullable MemorySegment tryAcquire() {
        lock.lock();
        try {
            return free.isEmpty() ? null : take();
        } finally {
            lock.unlock();
        }
    }

    private MemorySegment take() {
        int index = free.nextSetBit(0);
        free.clear(index);
        return buffers[index];
    }

    /// Takes a buffer back.
    ///
    /// @throws IllegalStateException when it is free already or no buffer of this pool
    public void release(MemorySegment buffer) {
        long distance = buffer.address() - base;
        int index = (int) (distance / stride);
        lock.lock();
        try {
            if (distance < 0
                    || distance % stride != 0
                    || index >= buffers.length
                    || free.get(index)) {
                throw new IllegalStateException("not a buffer that was lent: pool=" + name);
            }
            free.set(index);
            returned.signal();
        } finally {
            lock.unlock();
        }
    }

    /// How many are free now; for metrics.
    public int available() {
        lock.lock();
        try {
            return free.cardinality();
        } finally {
            lock.unlock();
        }
    }
}
