package io.godwit.commit;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import io.godwit.pack.SessionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds sessions that this host left behind: same host, same boot, and the process is gone. Their
/// packs can be adopted, and a collector need not wait for them.
public final class DeadSessions {
    private final RepositoryAccess access;
    private final ProcessTable processes;
    private final RecordStore records;

    public DeadSessions(RepositoryAccess access, ProcessTable processes) {
        this.access = access;
        this.processes = processes;
        this.records = new RecordStore(access);
    }

    /// Sessions without outcome whose process is certainly gone, newest plan first, at most as many
    /// as a session may adopt. What this host aborted itself is not among them: its own journal of
    /// attempts knows.
    public List<SessionId> find() {
        List<SessionId> candidates =
                SessionListing.read(records).undecided().stream().sorted().toList().reversed();
        List<Boolean> dead = access.fanOut().map(candidates, this::mineAndDead);
        List<SessionId> found = new ArrayList<>();
        for (int i = 0; i < candidates.size() && found.size() < SessionOpen.ADOPTS_MAX; i++) {
            if (dead.get(i)) {
                found.add(candidates.get(i));
            }
        }
        return found;
    }

    /// Ends them. To be called when they are adopted already, or not wanted.
    public void abort(List<SessionId> sessions) {
        for (SessionId session : sessions) {
            new CommitPoint(access, session).abortQuietly("its process is gone");
        }
    }

    private boolean mineAndDead(SessionId session) {
        try {
            Optional<SessionOpen> open =
                    records.get(
                            ObjectKind.SESSION_OPEN, CommitKeys.open(session), SessionFormat::open);
            return open.isPresent() && open.get().host().isGone(access.host(), processes);
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.CORRUPT) {
                throw e;
            }
            access.warnings()
                    .warn(
                            CommitWarnings.Kind.DAMAGED_OBJECT,
                            "session cannot be read: " + e.getMessage());
            return false;
        }
    }
}
