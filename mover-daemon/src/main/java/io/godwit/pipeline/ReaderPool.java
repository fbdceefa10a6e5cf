package io.godwit.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadFactory;

/// The threads that read a source for all workers: as many reads are in flight as there are
/// threads, and one more for each worker that has run out of tiles.
///
/// Platform threads, since file reads block them. The queue is bounded by the tiles that exist.
final class ReaderPool implements AutoCloseable {
    private final VolumeReader source;
    private final ArrayBlockingQueue<Tile> waiting;
    private final List<Thread> threads = new ArrayList<>();

    /// @param tiles that can wait at once, in all
    ReaderPool(VolumeReader source, int readers, int tiles, ThreadFactory factory) {
        this.source = source;
        waiting = new ArrayBlockingQueue<>(tiles);
        for (int i = 0; i < readers; i++) {
            Thread thread = factory.newThread(this::run);
            threads.add(thread);
            thread.start();
        }
    }

    VolumeReader source() {
        return source;
    }

    /// @throws IllegalStateException when more tiles are submitted than were announced
    void submit(Tile tile) {
        waiting.add(tile);
    }

    /// Forgets a tile that no reader has begun on.
    void withdraw(Tile tile) {
        waiting.remove(tile);
    }

    private void run() {
        try {
            while (true) {
                waiting.take().fillIfWaiting(source);
            }
        } catch (InterruptedException e) {
            // closed: no tile is waiting
        }
    }

    /// Ends the threads; call it when no tile is waiting.
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        WorkerCrew.joinAll(threads);
    }
}
