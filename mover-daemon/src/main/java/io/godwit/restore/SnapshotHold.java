package io.godwit.restore;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.Session;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pipeline.RunListener;
import io.godwit.repository.Repository;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/// Keeps a snapshot whole while it is read: a session that pins it, so that it may be forgotten and
/// no collection deletes what it needs before this ends.
///
/// Whoever may not write reads without. One thread takes and closes it; its own answers
/// collections.
public final class SnapshotHold implements AutoCloseable {
    /// As often as any session.
    public static final Duration HEARTBEAT = Duration.ofSeconds(30);

    private final @Nullable Session session;
    private final Duration heartbeat;
    private final RunListener listener;
    private boolean closed;

    private SnapshotHold(@Nullable Session session, Duration heartbeat, RunListener listener) {
        this.heartbeat = heartbeat;
        this.session = session;
        this.listener = listener;
    }

    /// Takes one, unless the store does not let this process write; where it fails otherwise, it
    /// warns, and reading goes on.
    ///
    /// @param heartbeat how often collections are answered
    public static SnapshotHold take(
            Repository repository,
            CatalogueEntry entry,
            String purpose,
            ThreadFactory threads,
            Duration heartbeat,
            RunListener listener) {
        try {
            SnapshotHold hold =
                    new SnapshotHold(repository.hold(entry, purpose), heartbeat, listener);
            threads.newThread(hold::beat).start();
            return hold;
        } catch (GodwitException e) {
            if (e.kind() == FailureKind.INTERRUPTED) {
                throw e;
            }
            if (e.kind() != FailureKind.DENIED) {
                listener.warning(
                        "not-held",
                        "snapshot may be collected while it is read: " + e.getMessage());
            }
            return new SnapshotHold(null, heartbeat, listener);
        }
    }

    /// Whether the snapshot is kept.
    public boolean holds() {
        return session != null;
    }

    private void beat() {
        Session open = session;
        while (open != null && pause()) {
            try {
                open.heartbeat();
                open.requireUsable();
            } catch (GodwitException e) {
                if (isClosed()) {
                    return;
                }
                listener.warning(
                        "not-held", "snapshot may be collected from now on: " + e.getMessage());
                return;
            }
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    @SuppressWarnings("WaitNotInLoop") // A beat that comes too early does no harm.
    private synchronized boolean pause() {
        try {
            if (!closed) {
                wait(heartbeat.toMillis());
            }
        } catch (InterruptedException e) {
            return false;
        }
        return !closed;
    }

    @Override
    public void close() {
        Session open = session;
        if (open == null) {
            return;
        }
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        open.abort("it has read what it wanted");
    }
}
