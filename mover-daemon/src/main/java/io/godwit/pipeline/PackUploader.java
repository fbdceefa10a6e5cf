package io.godwit.pipeline;

import io.godwit.device.BufferPool;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/// Puts finished packs into the store, several at once, and makes known what is durable.
///
/// Bounded by the pack buffers that exist: whoever wants a new one waits for a put to end, and that
/// is the back-pressure of a backup. The first failure ends the run: workers meet it at their next
/// pack. Platform threads, one for each put in flight.
final class PackUploader implements AutoCloseable {
    /// A pack whose bytes are fixed.
    ///
    /// @param buffer goes back to the pool once the pack is stored
    /// @param chunks that stand in it, with their places
    record Finished(
            PackId id,
            boolean metadata,
            MemorySegment bytes,
            MemorySegment buffer,
            List<ChunkRef> chunks) {
        Finished {
            chunks = List.copyOf(chunks);
        }
    }

    /// Where packs go.
    interface Destination {
        /// Stores the pack durably.
        void put(PackId id, boolean metadata, MemorySegment bytes);

        /// The pack is durable: others may name its chunks.
        void durable(Finished pack);
    }

    private final Destination destination;
    private final BufferPool buffers;
    private final List<Finished> queue = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    /// Packs that were submitted and are not durable yet, in the order of their submission.
    private final Map<PackId, Long> pending = new LinkedHashMap<>();

    private long submitted;
    private boolean closed;
    private @Nullable RuntimeException failure;

    PackUploader(Destination destination, BufferPool buffers, int puts, ThreadFactory factory) {
        this.destination = destination;
        this.buffers = buffers;
        for (int i = 0; i < puts; i++) {
            Thread thread = factory.newThread(this::run);
            threads.add(thread);
            thread.start();
        }
    }

    /// A buffer for a new pack, waiting until one is free.
    MemorySegment acquireBuffer() {
        requireHealthy();
        MemorySegment buffer = buffers.acquire();
        requireHealthy();
        return buffer;
    }

    void returnBuffer(MemorySegment buffer) {
        buffers.release(buffer);
    }

    /// Queues a pack; its buffer is the uploader's from now on.
    synchronized void submit(Finished pack) {
        queue.add(pack);
        pending.put(pack.id(), submitted++);
        notifyAll();
    }

    /// Waits until everything that was submitted before is durable, whatever is submitted
    /// meanwhile.
    synchronized void drain() throws InterruptedException {
        long before = submitted;
        while (failure == null && isPendingBefore(before)) {
            wait();
        }
        requireHealthy();
    }

    private boolean isPendingBefore(long number) {
        return !pending.isEmpty() && pending.values().iterator().next() < number;
    }

    /// @throws RuntimeException what made a put fail
    synchronized void requireHealthy() {
        if (failure != null) {
            throw failure;
        }
    }

    private void run() {
        for (Finished pack = take(); pack != null; pack = take()) {
            RuntimeException broken = null;
            try {
                destination.put(pack.id(), pack.metadata(), pack.bytes());
                destination.durable(pack);
            } catch (RuntimeException e) {
                broken = e;
            } catch (Error e) {
                broken = new GodwitException(FailureKind.INTERNAL, "upload failed: " + e, e);
            }
            buffers.release(pack.buffer());
            done(pack, broken);
        }
    }

    private synchronized @Nullable Finished take() {
        while (queue.isEmpty() && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                return null;
            }
        }
        if (closed) {
            return null;
        }
        return queue.removeFirst();
    }

    private synchronized void done(Finished pack, @Nullable RuntimeException broken) {
        pending.remove(pack.id());
        if (broken != null && failure == null) {
            failure = broken;
        }
        if (failure != null) {
            queue.forEach(dropped -> buffers.release(dropped.buffer()));
            queue.clear();
        }
        notifyAll();
    }

    /// Ends the threads after the puts that are under way; what is still queued is dropped.
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        WorkerCrew.joinAll(threads);
    }
}
