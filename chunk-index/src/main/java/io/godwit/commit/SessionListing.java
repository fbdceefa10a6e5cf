package io.godwit.commit;

import io.godwit.commit.CommitKeys.SessionObject;
import io.godwit.pack.SessionId;
import java.util.HashSet;
import java.util.Set;

/// The sessions that a listing of `s/` shows.
///
/// @param undecided open, without outcome
/// @param decided with an outcome, and still open
record SessionListing(Set<SessionId> undecided, Set<SessionId> decided) {
    SessionListing {
        undecided = Set.copyOf(undecided);
        decided = Set.copyOf(decided);
    }

    static SessionListing read(RecordStore records) {
        Set<SessionId> open = new HashSet<>();
        Set<SessionId> ended = new HashSet<>();
        records.list(
                CommitKeys.SESSIONS,
                "",
                listed -> CommitKeys.session(listed.key()).ifPresent(o -> note(o, open, ended)));
        Set<SessionId> undecided = new HashSet<>(open);
        undecided.removeAll(ended);
        ended.retainAll(open);
        return new SessionListing(undecided, ended);
    }

    private static void note(SessionObject object, Set<SessionId> open, Set<SessionId> ended) {
        if (object.part().equals(SessionObject.OPEN)) {
            open.add(object.session());
        } else if (object.part().equals(SessionObject.OUTCOME)) {
            ended.add(object.session());
        }
    }
}
