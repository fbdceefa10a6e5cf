package io.godwit.device;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The off-heap memory of a process for volume data: one mapping of a fixed size, carved once into
/// pools of equal buffers.
///
/// What runs in parallel waits for a buffer of its pool: that is the back-pressure, and nothing
/// else bounds memory. A page costs memory only once it was written to. Carving is for whoever sets
/// a run up, from one thread or many; nothing carved is ever given back but by closing the slab,
/// after which touching a buffer fails instead of crashing.
public final class Slab implements AutoCloseable {
    /// Every buffer starts at a multiple of this: the largest logical block, and a page.
    static final int ALIGNMENT = 4096;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private long carved;

    public Slab(long budgetBytes) {
        if (budgetBytes < ALIGNMENT) {
            throw new IllegalArgumentException("slab too small: bytes=" + budgetBytes);
        }
        memory = NativeFiles.map(budgetBytes & -ALIGNMENT, arena);
    }

    /// Carves `count` buffers of `bufferBytes` each, rounded up to [#ALIGNMENT].
    ///
    /// @throws GodwitException `INVALID` when the rest of the budget is too small
    public synchronized BufferPool carve(String name, int bufferBytes, int count) {
        if (bufferBytes < 1 || count < 1) {
            throw new IllegalArgumentException(
                    "bad pool: buffer=" + bufferBytes + " count=" + count);
        }
        long stride = (bufferBytes + (long) ALIGNMENT - 1) & -ALIGNMENT;
        if (stride * count > freeBytes()) {
            throw new GodwitException(
                            FailureKind.INVALID,
                            "memory limit too small for the buffers: pool="
                                    + name
                                    + " needed="
                                    + stride * count
                                    + " free="
                                    + freeBytes())
                    .withHint("raise --memory or lower --threads");
        }
        MemorySegment range = memory.asSlice(carved, stride * count);
        carved += stride * count;
        return new BufferPool(name, range, stride, bufferBytes, count);
    }

    public synchronized long freeBytes() {
        return memory.byteSize() - carved;
    }

    public long budgetBytes() {
        return memory.byteSize();
    }

    @Override
    public void close() {
        arena.close();
    }
}
