package io.godwit.device;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;

/// The platform threads that block in reads, shared by the [ReadAhead]s of a process.
///
/// What waits to be read is bounded by the tiles that the read-aheads own. A read-ahead whose tile is still
/// waiting when it is wanted reads it itself, so a pool that is busy slows nobody down.
public final class ReaderPool implements AutoCloseable {
    private final LinkedBlockingQueue<Tile> waiting = new LinkedBlockingQueue<>();
    private final List<Thread> readers = new ArrayList<>();

    /// @param threads makes named platform threads
    /// @param count how many reads are in flight at once besides those of the consumers
    public ReaderPool(ThreadFactory threads, int count) {
        for (int i = 0; i < count; i++) {
            Thread reader = threads.newThread(this::run);
            readers.add(reader);
            reader.start();
        }
    }

    void submit(Tile tile) {
        waiting.add(tile);
    }

    void withdraw(Tile tile) {
        waiting.remove(tile);
    }

    private void run() {
        try {
            while (true) {
                waiting.take().readIfWaiting();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /// Ends the threads, after the reads that they are in. Close the read-aheads first.
    @Override
    public void close() {
        readers.forEach(Thread::interrupt);
        boolean interrupted = false;
        for (Thread reader : readers) {
            while (true) {
                try {
                    reader.join();
                    break;
                } catch (InterruptedException again) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
