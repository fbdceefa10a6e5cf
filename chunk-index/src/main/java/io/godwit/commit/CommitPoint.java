package io.godwit.commit;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import io.godwit.pack.SessionId;
import java.util.List;
import java.util.Optional;

/// W7 and W8, and ABORT: deciding how one session ends, and finding out how it did.
///
/// The outcome is a register: COMMIT or ABORT, whoever is first. It counts only while `open`
/// exists, so after reading it, whatever it reads, `open` is read; once that is gone, only the
/// entries themselves can tell.
final class CommitPoint {
    private static final int ABORT_ATTEMPTS = 3;

    private final RepositoryAccess access;
    private final SessionId session;
    private final RecordStore records;
    private final Register register;
    private final Publishing publishing;

    CommitPoint(RepositoryAccess access, SessionId session) {
        this.access = access;
        this.session = session;
        this.records = new RecordStore(access);
        this.register = new Register(access);
        this.publishing = new Publishing(access);
    }

    /// How it ended.
    sealed interface End {
        record Committed(CommitResult result) implements End {}

        record Aborted(String reason) implements End {}
    }

    /// W7, then W8.
    ///
    /// @throws GodwitException `INDETERMINATE` when the store cannot be asked how it ended
    End commit(SessionOutcome.Commit commit) {
        return switch (register.decide(content(commit), Register.ATTEMPTS)) {
            case Register.Decision.Mine<SessionOutcome> _ -> settle(commit, "");
            case Register.Decision.Others<SessionOutcome>(SessionOutcome seen) ->
                    settle(commit, describe(seen));
            case Register.Decision.Absent<SessionOutcome> _ ->
                    throw new IllegalStateException("left without a decision");
        };
    }

    /// W8.
    ///
    /// @param refusal what stands there instead of this COMMIT; "" when it is this COMMIT
    private End settle(SessionOutcome.Commit commit, String refusal) {
        boolean open;
        try {
            open = records.exists(CommitKeys.open(session));
            if (!open) {
                return published(commit.entries())
                        ? committed(commit.entries(), true)
                        : new End.Aborted(
                                refusal.isEmpty() ? "the session was cleaned up" : refusal);
            }
        } catch (GodwitException e) {
            throw unknown(e);
        }
        if (!refusal.isEmpty()) {
            return new End.Aborted(refusal);
        }
        return committed(commit.entries(), publishing.publish(commit.entries()));
    }

    private GodwitException unknown(GodwitException e) {
        if (!Register.passing(e)) {
            return e;
        }
        return new GodwitException(
                        FailureKind.INDETERMINATE,
                        "commit was sent, and how it ended cannot be read: session=%s reason=%s"
                                .formatted(session, e.getMessage()),
                        e)
                .withObject(CommitKeys.outcome(session).value())
                .withHint("list the snapshots before running it again");
    }

    private boolean published(List<CatalogueEntry> entries) {
        List<Pin> names = entries.stream().map(this::name).toList();
        return new Standing(access).anyPublished(names);
    }

    private Pin name(CatalogueEntry entry) {
        return new Pin(
                entry.snapshot(),
                access.keyOf(entry.volume()),
                entry.time(),
                entry.session(),
                entry.root());
    }

    private End committed(List<CatalogueEntry> entries, boolean published) {
        return new End.Committed(new CommitResult(session, entries, published));
    }

    /// G3. Gives the session up for somebody else. False when it had ended.
    boolean fence(String reason) {
        return register.decide(content(abort(reason)), ABORT_ATTEMPTS)
                instanceof Register.Decision.Mine<SessionOutcome>;
    }

    private SessionOutcome.Abort abort(String reason) {
        return new SessionOutcome.Abort(
                Nonce.random(access.random()), access.host(), bounded(reason));
    }

    /// Ends the session without result, unless it has one.
    ///
    /// @param mine the COMMIT that may have been sent
    End abort(String reason, Optional<SessionOutcome.Commit> mine) {
        Register.Decision<SessionOutcome> decision =
                register.decide(
                        content(abort(reason)), Register.attempts(access.store(), ABORT_ATTEMPTS));
        if (mine.isEmpty()) {
            return new End.Aborted(reason);
        }
        return switch (decision) {
            case Register.Decision.Mine<SessionOutcome> _ -> settle(mine.get(), reason);
            case Register.Decision.Others<SessionOutcome>(SessionOutcome seen) -> {
                boolean committed = seen.nonce().equals(mine.get().nonce());
                yield settle(mine.get(), committed ? "" : describe(seen));
            }
            case Register.Decision.Absent<SessionOutcome> _ ->
                    throw new IllegalStateException("left without a decision");
        };
    }

    /// Ends a session, and only warns when the store does not take it.
    void abortQuietly(String reason) {
        try {
            abort(reason, Optional.empty());
        } catch (GodwitException e) {
            access.warnings()
                    .warn(
                            CommitWarnings.Kind.NOT_ABORTED,
                            "session %s is left open until a collector gives it up: %s"
                                    .formatted(session, e.getMessage()));
        }
    }

    /// Why this session cannot go on, when it cannot: an outcome stands, or it was cleaned up.
    Optional<String> ended() {
        Optional<SessionOutcome> outcome =
                records.get(
                        ObjectKind.SESSION_OUTCOME,
                        CommitKeys.outcome(session),
                        SessionFormat::outcome);
        if (outcome.isPresent()) {
            return Optional.of(describe(outcome.get()));
        }
        return records.exists(CommitKeys.open(session))
                ? Optional.empty()
                : Optional.of("the session was cleaned up");
    }

    private Register.Content<SessionOutcome> content(SessionOutcome outcome) {
        return new Register.Content<>(
                ObjectKind.SESSION_OUTCOME,
                CommitKeys.outcome(session),
                SessionFormat.encode(outcome),
                SessionFormat::outcome,
                found -> found.nonce().equals(outcome.nonce()));
    }

    private static String describe(SessionOutcome outcome) {
        return switch (outcome) {
            case SessionOutcome.Abort abort ->
                    "aborted by pid %d on %s: %s"
                            .formatted(abort.by().pid(), abort.by().host(), abort.reason());
            case SessionOutcome.Commit _ -> "somebody else committed it";
        };
    }

    private static String bounded(String reason) {
        int longest = SessionOutcome.Abort.REASON_BYTES_MAX / 4;
        return reason.length() <= longest ? reason : reason.substring(0, longest);
    }
}
