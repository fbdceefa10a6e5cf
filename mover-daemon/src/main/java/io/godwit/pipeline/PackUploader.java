package io.godwit.pipeline;

import io.godwit.device.BufferPool;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/// Puts finished packs into the store, several at once, and makes known what is durable.
///
/// Bounded by the pack buffers that exist: whoever wants a new one waits for a put to end, and that is the
/// back-pressure of a backup. The first failure ends the run: workers meet it at their next pack.
/// Platform threads, one for each put in flight.
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
    private int underWay;
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
        notifyAll();
    }

    /// Waits until everything submitted is durable.
    synchronized void drain() throws InterruptedException {
        while (failure == null && (!queue.isEmpty() || underWay > 0)) {
            wait();
        }
        requireHealthy();
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
            }
            buffers.release(pack.buffer());
            done(broken);
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
        underWay++;
        return queue.removeFirst();
    }

    private synchronized void done(@Nullable RuntimeException broken) {
        underWay--;
        if (broken != null && failure == null) {
            failure = broken;
        }
        if (failure != null) {
            queue.forEach(pack -> buffers.release(pack.buffer()));
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
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
