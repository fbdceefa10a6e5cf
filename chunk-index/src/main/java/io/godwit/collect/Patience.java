package io.godwit.collect;

import io.godwit.commit.HostIdentity;
import io.godwit.commit.ProcessTable;
import io.godwit.commit.SessionRecords.Undecided;
import java.time.Duration;
import java.util.function.LongSupplier;

/// How long a collector waits for the answers to one plan: by its own clock, from when it first saw
/// the plan. It decides how soon a session is given up, never whether that is safe.
final class Patience {
    private final long fenceAfterNanos;
    private final LongSupplier nanoTime;
    private final HostIdentity me;
    private final ProcessTable processes;
    private final long firstSight;

    /// From now on.
    Patience(Duration fenceAfter, LongSupplier nanoTime, HostIdentity me, ProcessTable processes) {
        this.fenceAfterNanos = fenceAfter.toNanos();
        this.nanoTime = nanoTime;
        this.me = me;
        this.processes = processes;
        this.firstSight = nanoTime.getAsLong();
    }

    boolean isOver() {
        return nanoTime.getAsLong() - firstSight >= fenceAfterNanos;
    }

    /// Whether nothing can be expected of the session any more.
    boolean isOverFor(Undecided session) {
        return isOver() || isGone(session);
    }

    private boolean isGone(Undecided session) {
        return session.open().host().isGone(me, processes);
    }

    String reason(Undecided session) {
        return isGone(session)
                ? "its process is gone"
                : "it did not answer a collection for " + Duration.ofNanos(fenceAfterNanos);
    }
}
