package io.godwit.commit;

import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import io.godwit.pack.SessionId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// The heartbeat of one session: its own outcome, then new plans, each handed to the listener and
/// then acknowledged.
///
/// One beat at a time; [#stop()] waits for it, so that no acknowledgement is under way afterwards.
final class SessionHeartbeat {
    private static final int ACK_ATTEMPTS = 3;

    private final RepositoryAccess access;
    private final SessionId session;
    private final CommitPoint commitPoint;
    private final CondemnedListener listener;
    private final CollectionRecords collections;
    private final Register register;

    /// Held during a beat. Guards what follows.
    private final ReentrantLock beating = new ReentrantLock();

    private boolean stopped;
    private long handled;
    private volatile long acknowledged;

    SessionHeartbeat(
            RepositoryAccess access,
            SessionId session,
            CommitPoint commitPoint,
            CondemnedListener listener) {
        this.access = access;
        this.session = session;
        this.commitPoint = commitPoint;
        this.listener = listener;
        this.collections = new CollectionRecords(access);
        this.register = new Register(access);
        this.handled = session.plan();
        this.acknowledged = session.plan();
    }

    long acknowledged() {
        return acknowledged;
    }

    /// From when it returns on, no listener is called and nothing is acknowledged.
    void stop() {
        beating.lock();
        try {
            stopped = true;
        } finally {
            beating.unlock();
        }
    }

    /// Why the session is fenced, when it is.
    Optional<String> beat(BooleanSupplier going) {
        if (beating.isHeldByCurrentThread() || !beating.tryLock()) {
            return Optional.empty();
        }
        try {
            Optional<String> ended = ended();
            if (ended.isEmpty()) {
                answerPlans(going);
            }
            return ended;
        } finally {
            beating.unlock();
        }
    }

    private Optional<String> ended() {
        try {
            return commitPoint.ended();
        } catch (GodwitException e) {
            missed(e);
            return Optional.empty();
        }
    }

    private void answerPlans(BooleanSupplier going) {
        for (CollectionPlan plan : newPlans()) {
            if (plan.round() > handled) {
                listener.onCondemned(plan, plan.unusable());
                handled = plan.round();
            }
            // The listener may have taken long, or have ended the session itself.
            if (stopped || !going.getAsBoolean()) {
                return;
            }
            if (!acknowledge(plan.round())) {
                return;
            }
        }
    }

    /// Plans that are not acknowledged yet, oldest first.
    private List<CollectionPlan> newPlans() {
        if (stopped) {
            return List.of();
        }
        try {
            return collections.plansFrom(acknowledged + 1).stream()
                    .map(collections::listedPlan)
                    .toList();
        } catch (GodwitException e) {
            missed(e);
            return List.of();
        }
    }

    private boolean acknowledge(long plan) {
        SessionAck ack = new SessionAck(plan, Nonce.random(access.random()));
        try {
            // Whoever put it, what stands under this name can only say the same.
            register.decide(
                    new Register.Content<>(
                            ObjectKind.SESSION_ACK,
                            CommitKeys.ack(session, plan),
                            SessionFormat.encode(ack),
                            SessionFormat::ack,
                            _ -> true),
                    ACK_ATTEMPTS);
            acknowledged = plan;
            return true;
        } catch (GodwitException e) {
            missed(e);
            return false;
        }
    }

    /// An outage delays; anything else means that the session cannot know what it must do.
    private void missed(GodwitException e) {
        if (!Register.passing(e)) {
            throw new GodwitException(
                    e.kind(),
                    "heartbeat failed: session=%s reason=%s".formatted(session, e.getMessage()),
                    e);
        }
        access.warnings()
                .warn(
                        CommitWarnings.Kind.HEARTBEAT_MISSED,
                        "heartbeat of session %s could not reach the store: %s"
                                .formatted(session, e.getMessage()));
    }
}
