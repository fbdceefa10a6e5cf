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

    /// A look lists all sessions: it must not cost more than what it waits for.
    private static final Duration POLL_MAX = Duration.ofSeconds(10);

    private final RepositoryAccess access;
    private final SessionRecords sessions;
    private final Set<SessionId> awaited = new HashSet<>();
    private final Set<SessionId> fenced = new HashSet<>();

    Answers(RepositoryAccess access, SessionRecords sessions) {
        this.access = access;
        this.sessions = sessions;
    }

    void await(long round, Patience patience) {
        Duration pause = POLL;
        while (true) {
            List<Undecided> silent =
                    sessions.undecided().stream()
                            .filter(session -> session.acknowledged() < round)
                            .toList();
            silent.forEach(session -> awaited.add(session.id()));
            if (silent.isEmpty()) {
                return;
            }
            List<Undecided> overdue = silent.stream().filter(patience::isOverFor).toList();
            if (overdue.isEmpty()) {
                access.pause().pause(pause);
                pause = pause.compareTo(POLL_MAX) < 0 ? pause.plus(POLL) : POLL_MAX;
            } else {
                fence(overdue, patience);
            }
        }
    }

    private void fence(List<Undecided> overdue, Patience patience) {
        List<Boolean> given =
                access.fanOut()
                        .map(
                                overdue,
                                session -> sessions.fence(session.id(), patience.reason(session)));
        for (int i = 0; i < overdue.size(); i++) {
            if (given.get(i)) {
                fenced.add(overdue.get(i).id());
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
