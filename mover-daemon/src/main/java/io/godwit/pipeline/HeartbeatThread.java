package io.godwit.pipeline;

import io.godwit.commit.Session;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;

/// Beats for a session every 30 seconds until it is closed; a beat that fails ends the run.
final class HeartbeatThread implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private final Session session;
    private final WorkerCrew crew;
    private final Thread thread;
    private boolean closed;

    HeartbeatThread(Session session, WorkerCrew crew, ThreadFactory factory) {
        this.session = session;
        this.crew = crew;
        this.thread = factory.newThread(this::run);
        thread.start();
    }

    private void run() {
        while (pause()) {
            try {
                session.heartbeat();
                if (session.fenced()) {
                    crew.fail(
                            new GodwitException(
                                    FailureKind.FENCED,
                                    "fenced by a collector: session=" + session.id()));
                    return;
                }
            } catch (RuntimeException e) {
                crew.fail(e);
                return;
            }
        }
    }

    @SuppressWarnings("WaitNotInLoop") // A beat that comes too early does no harm.
    private synchronized boolean pause() {
        try {
            if (!closed) {
                wait(INTERVAL.toMillis());
            }
        } catch (InterruptedException e) {
            return false;
        }
        return !closed;
    }

    /// Waits for a beat under way.
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
