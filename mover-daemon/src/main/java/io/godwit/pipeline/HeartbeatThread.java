package io.godwit.pipeline;

import io.godwit.commit.Session;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/// Beats for a session at an interval until it is closed; a beat that fails ends the run.
final class HeartbeatThread implements AutoCloseable {
    /// Another one, by `-Dgodwit.heartbeatMillis`, is for who tests: a collection is answered as soon
    /// as the next beat.
    static final Duration INTERVAL =
            Duration.ofMillis(Long.getLong("godwit.heartbeatMillis", 30_000));

    private final Session session;
    private final WorkerCrew crew;
    private final Duration interval;
    private final Thread thread;
    private boolean closed;

    HeartbeatThread(Session session, WorkerCrew crew, Duration interval, ThreadFactory factory) {
        this.session = session;
        this.interval = interval;
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
            } catch (RuntimeException | Error e) {
                crew.fail(e);
                return;
            }
        }
    }

    @SuppressWarnings("WaitNotInLoop") // A beat that comes too early does no harm.
    private synchronized boolean pause() {
        try {
            if (!closed) {
                wait(interval.toMillis());
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
        WorkerCrew.joinAll(List.of(thread));
    }
}
