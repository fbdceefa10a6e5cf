package io.godwit.commit;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import io.godwit.pack.SessionId;
import io.godwit.store.ObjectKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The sessions of a repository as a collector sees them, ends them and cleans up after them: `s/`.
/// Any thread.
public final class SessionRecords {
    /// Announcements that are remembered, about a kilobyte each.
    private static final int REMEMBERED = 1 << 16;

    private final RepositoryAccess access;
    private final RecordStore records;
    private final Publishing publishing;
    private final Map<SessionId, SessionOpen> announcements = new ConcurrentHashMap<>();

    public SessionRecords(RepositoryAccess access) {
        this.access = access;
        this.records = new RecordStore(access);
        this.publishing = new Publishing(access);
    }

    /// A session that is open and has no outcome.
    ///
    /// @param acknowledged the newest plan that it has acknowledged; its own `open` counts as one
    public record Undecided(SessionId id, long acknowledged, SessionOpen open) {}

    /// Every session that is open and has no outcome, in order.
    ///
    /// One whose announcement cannot be read is given up here, since nobody knows what it holds.
    ///
    /// @throws GodwitException `CORRUPT` for such a session when this process may not write
    public List<Undecided> undecided() {
        SessionListing listing = SessionListing.read(records);
        List<SessionId> sessions = listing.undecided().stream().sorted().toList();
        return access.fanOut().map(sessions, id -> undecided(id, listing)).stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /// It is written once: who waits for thousands of sessions asks for each once.
    private void remember(SessionId id, SessionOpen open) {
        if (announcements.size() < REMEMBERED) {
            announcements.put(id, open);
        }
    }

    private Optional<Undecided> undecided(SessionId id, SessionListing listing) {
        SessionOpen known = announcements.get(id);
        if (known != null) {
            return Optional.of(new Undecided(id, listing.acknowledged(id), known));
        }
        try {
            Optional<SessionOpen> read =
                    records.get(ObjectKind.SESSION_OPEN, CommitKeys.open(id), SessionFormat::open);
            read.ifPresent(open -> remember(id, open));
            return read.map(open -> new Undecided(id, listing.acknowledged(id), open));
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.CORRUPT || !access.writable()) {
                throw e;
            }
            access.warnings()
                    .warn(
                            CommitWarnings.Kind.DAMAGED_OBJECT,
                            "session is given up, its announcement cannot be read: "
                                    + e.getMessage());
            fence(id, "its announcement cannot be read");
            return Optional.empty();
        }
    }

    /// Whether a listing shows any session, or what is left of one. One that has ended is to be
    /// cleaned up; one that has not may be dead, and only a round finds out.
    public boolean any() {
        SessionListing listing = SessionListing.read(records);
        return !listing.undecided().isEmpty()
                || !listing.decided().isEmpty()
                || !listing.remains().isEmpty();
    }

    /// G3. Puts an ABORT and reads what stands. False when the session had ended by itself.
    public boolean fence(SessionId session, String reason) {
        return new CommitPoint(access, session).fence(reason);
    }

    /// Removes what nobody needs any more: `open` first, `outcome` last, so that an outcome which
    /// lands late is void.
    ///
    /// @param floor of a published checkpoint: what committed below it stands there
    public void cleanUp(long floor) {
        SessionListing listing = SessionListing.read(records);
        List<SessionId> ended =
                listing.decided().stream()
                        .filter(session -> session.plan() < floor || isFinished(session))
                        .toList();
        access.fanOut().map(ended, session -> remove(session, listing));
        List<SessionId> remains =
                listing.remains().stream()
                        .filter(session -> !records.exists(CommitKeys.open(session)))
                        .toList();
        access.fanOut().map(remains, session -> remove(session, listing));
    }

    /// An ABORT, or a COMMIT whose entries certainly stand in `snap/`.
    private boolean isFinished(SessionId session) {
        try {
            Optional<SessionOutcome> outcome =
                    records.get(
                            ObjectKind.SESSION_OUTCOME,
                            CommitKeys.outcome(session),
                            SessionFormat::outcome);
            return outcome.isPresent()
                    && switch (outcome.get()) {
                        case SessionOutcome.Abort _ -> true;
                        case SessionOutcome.Commit commit ->
                                commit.entries().stream()
                                        .allMatch(entry -> records.exists(publishing.key(entry)));
                    };
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.CORRUPT) {
                throw e;
            }
            // The catalogue's readers say so; its entries may be all that is left of it.
            return false;
        }
    }

    private boolean remove(SessionId session, SessionListing listing) {
        delete(CommitKeys.open(session));
        for (long plan : listing.acks().getOrDefault(session, Set.of())) {
            delete(CommitKeys.ack(session, plan));
        }
        delete(CommitKeys.outcome(session));
        return true;
    }

    private void delete(ObjectKey key) {
        access.store().delete(key);
    }
}
