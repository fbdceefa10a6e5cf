package io.godwit.collect;

import io.godwit.commit.RepositoryAccess;
import io.godwit.commit.SessionRecords;
import io.godwit.commit.SessionRecords.Undecided;
import io.godwit.pack.SessionId;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// G3: waits until every session that may not know of a plan has acknowledged it or ended, and
/// gives up those that do neither. Belongs to one thread.
final class Answers {
    /// Writers look for plans every 30 seconds.
    private static final Duration POLL = Duration.ofSeconds(2);

    private final RepositoryAccess access;
    private final SessionRecords sessions;
    private final Set<SessionId> awaited = new HashSet<>();
    private final Set<SessionId> fenced = new HashSet<>();

    Answers(RepositoryAccess access, SessionRecords sessions) {
        this.access = access;
        this.sessions = sessions;
    }

    void await(long round, Patience patience) {
        while (true) {
            List<Undecided> silent =
                    sessions.undecided().stream()
                            .filter(session -> session.acknowledged() < round)
                            .toList();
            silent.forEach(session -> awaited.add(session.id()));
            if (silent.isEmpty()) {
                return;
            }
            boolean ended = false;
            for (Undecided session : silent) {
                if (patience.isOverFor(session)) {
                    ended = true;
                    if (sessions.fence(session.id(), patience.reason(session))) {
                        fenced.add(session.id());
                    }
                }
            }
            if (!ended) {
                access.pause().pause(POLL);
            }
        }
    }

    /// How many had not answered at first, and did.
    int waitedFor() {
        return awaited.size() - fenced.size();
    }

    int fenced() {
        return fenced.size();
    }
}
