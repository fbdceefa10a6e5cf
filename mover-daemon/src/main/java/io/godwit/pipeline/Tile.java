package io.godwit.pipeline;

import static io.godwit.digest.LeafHasher.LEAF_BYTES;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A piece of off-heap memory with leaves of one region in it: up to [#MAX_SPANS] spans back to
/// back, behind a headroom into which the region's worker copies the leaves it had not decided on.
///
/// Owned by the worker; between [#lend] and [#awaitFilled] by whoever fills it.
final class Tile {
    /// As many single-leaf spans as the smallest tile has leaves.
    static final int MAX_SPANS = 128;

    private static final int IDLE = 0;
    private static final int WAITING = 1;
    private static final int READING = 2;

    final MemorySegment data;
    private final int headroom;
    private final int capacityLeaves;
    private final int[] spanLeaf = new int[MAX_SPANS];
    private final int[] spanLeaves = new int[MAX_SPANS];
    private int spans;
    private int leaves;
    private final AtomicInteger state = new AtomicInteger(IDLE);
    private final Thread worker;
    private volatile @Nullable RuntimeException failure;

    /// First byte of the region in the volume, set with the spans.
    private long regionOffset;

    private long volumeBytes;

    /// @param data headroom and room for whole leaves, aligned to 4096 bytes
    /// @param headroom whole leaves, in bytes: as many as a chunker may leave undecided
    /// @param worker the owner
    Tile(MemorySegment data, int headroom, Thread worker) {
        this.worker = worker;
        this.data = data;
        this.headroom = headroom;
        this.capacityLeaves = (int) ((data.byteSize() - headroom) / LEAF_BYTES);
    }

    /// Where the first span's bytes start in [#data].
    int headroom() {
        return headroom;
    }

    void clear(long newRegionOffset, long newVolumeBytes) {
        spans = 0;
        leaves = 0;
        regionOffset = newRegionOffset;
        volumeBytes = newVolumeBytes;
        failure = null;
    }

    /// Adds as many of the leaves as fit and returns how many that were.
    int add(int leaf, int count) {
        int fitting = Math.min(count, capacityLeaves - leaves);
        if (fitting <= 0 || spans == MAX_SPANS) {
            return 0;
        }
        spanLeaf[spans] = leaf;
        spanLeaves[spans++] = fitting;
        leaves += fitting;
        return fitting;
    }

    boolean isEmpty() {
        return spans == 0;
    }

    int spans() {
        return spans;
    }

    /// The region's number of the first leaf of span `span`.
    int spanLeaf(int span) {
        return spanLeaf[span];
    }

    int spanLeaves(int span) {
        return spanLeaves[span];
    }

    int leaves() {
        return leaves;
    }

    /// Bytes of the volume that the spans cover: a last leaf counts at its true length.
    long bytes() {
        long end = regionOffset + (spanLeaf[spans - 1] + spanLeaves[spans - 1]) * (long) LEAF_BYTES;
        return (long) leaves * LEAF_BYTES - Math.max(0, end - volumeBytes);
    }

    /// Puts the tile up for reading.
    void lend() {
        state.set(WAITING);
    }

    /// Reads the spans, unless somebody does or did; called by readers and by the worker that needs
    /// it now.
    void fillIfWaiting(VolumeReader reader) {
        if (state.compareAndSet(WAITING, READING)) {
            fill(reader);
            state.set(IDLE);
            LockSupport.unpark(worker);
        }
    }

    /// Waits until the tile is the worker's again, and tells what went wrong.
    void awaitFilled() throws InterruptedException {
        while (state.get() != IDLE) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.park(this);
        }
        RuntimeException cause = failure;
        if (cause != null) {
            throw cause;
        }
    }

    /// Takes the tile back whatever became of the read.
    void reclaim() {
        boolean interrupted = false;
        while (!state.compareAndSet(WAITING, IDLE) && state.get() != IDLE) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void fill(VolumeReader reader) {
        try {
            long at = headroom;
            for (int i = 0; i < spans; i++) {
                long offset = regionOffset + spanLeaf[i] * (long) LEAF_BYTES;
                int length =
                        (int) Math.min(spanLeaves[i] * (long) LEAF_BYTES, volumeBytes - offset);
                reader.read(offset, data, at, length);
                at += spanLeaves[i] * (long) LEAF_BYTES;
            }
        } catch (RuntimeException e) {
            failure = e;
        } catch (Error e) {
            failure = new GodwitException(FailureKind.INTERNAL, "read failed: " + e, e);
        }
    }
}
