package io.godwit.pipeline;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/// Threads that do one piece of work together: the first failure ends all of them and is the
/// caller's.
///
/// Used by one thread, which waits for the others; platform threads, as the work blocks in files
/// and native code.
public final class WorkerCrew {
    /// What each thread does.
    public interface Task {
        void run() throws InterruptedException;
    }

    private final ThreadFactory factory;
    private final Runnable onFailure;
    private final List<Thread> threads = new ArrayList<>();
    private @Nullable Throwable failure;

    /// @param onFailure wakes threads that wait for each other
    public WorkerCrew(ThreadFactory factory, Runnable onFailure) {
        this.factory = factory;
        this.onFailure = onFailure;
    }

    /// Runs the task on `count` threads and returns when all have ended.
    ///
    /// @throws InterruptedException when the caller was interrupted; the threads have ended all the
    ///     same
    public void run(int count, Task task) throws InterruptedException {
        synchronized (this) {
            for (int i = 0; i < count; i++) {
                threads.add(factory.newThread(() -> runOne(task)));
            }
        }
        threads.forEach(Thread::start);
        if (hasFailed()) {
            stop();
        }
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    stop();
                }
            }
        }
        threads.clear();
        if (interrupted) {
            throw new InterruptedException();
        }
        rethrow();
    }

    private void runOne(Task task) {
        try {
            task.run();
        } catch (InterruptedException | RuntimeException | Error e) {
            fail(e);
        }
    }

    /// Ends the crew because of something that happened elsewhere.
    public void fail(Throwable cause) {
        synchronized (this) {
            if (failure == null) {
                failure = cause;
            }
        }
        stop();
    }

    private void stop() {
        onFailure.run();
        synchronized (this) {
            threads.forEach(Thread::interrupt);
        }
    }

    private synchronized boolean hasFailed() {
        return failure != null;
    }

    /// Waits until all have ended, whatever interrupts the caller; it stays interrupted then.
    static void joinAll(List<Thread> threads) {
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

    private synchronized void rethrow() throws InterruptedException {
        switch (failure) {
            case null -> {}
            case GodwitException e -> throw e;
            case InterruptedException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default ->
                    throw new GodwitException(
                            FailureKind.INTERNAL, "unexpected failure: " + failure, failure);
        }
    }
}
