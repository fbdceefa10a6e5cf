package io.godwit.commit;

import io.godwit.commit.CommitKeys.SessionObject;
import io.godwit.pack.SessionId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The sessions that a listing of `s/` shows.
///
/// @param undecided open, without outcome
/// @param decided with an outcome, and still open
/// @param remains not open: what is left of a session that was cleaned up, or came late
/// @param acks plans that were acknowledged, by session; none for most
record SessionListing(
        Set<SessionId> undecided,
        Set<SessionId> decided,
        Set<SessionId> remains,
        Map<SessionId, Set<Long>> acks) {
    SessionListing {
        undecided = Set.copyOf(undecided);
        decided = Set.copyOf(decided);
        remains = Set.copyOf(remains);
        acks = Map.copyOf(acks);
    }

    static SessionListing read(RecordStore records) {
        Gathered gathered = new Gathered();
        records.list(
                CommitKeys.SESSIONS,
                "",
                listed -> CommitKeys.session(listed.key()).ifPresent(gathered::note));
        return gathered.listing();
    }

    /// The newest plan that the session has acknowledged; its own `open` counts as one.
    long acknowledged(SessionId session) {
        long newest = session.plan();
        for (long plan : acks.getOrDefault(session, Set.of())) {
            newest = Math.max(newest, plan);
        }
        return newest;
    }

    private static final class Gathered {
        final Set<SessionId> open = new HashSet<>();
        final Set<SessionId> ended = new HashSet<>();
        final Map<SessionId, Set<Long>> acks = new HashMap<>();

        void note(SessionObject object) {
            if (object.part().equals(SessionObject.OPEN)) {
                open.add(object.session());
            } else if (object.part().equals(SessionObject.OUTCOME)) {
                ended.add(object.session());
            } else {
                object.acknowledged()
                        .ifPresent(
                                plan ->
                                        acks.computeIfAbsent(object.session(), _ -> new TreeSet<>())
                                                .add(plan));
            }
        }

        SessionListing listing() {
            Set<SessionId> undecided = new HashSet<>(open);
            undecided.removeAll(ended);
            Set<SessionId> remains = new HashSet<>(ended);
            remains.addAll(acks.keySet());
            remains.removeAll(open);
            Set<SessionId> decided = new HashSet<>(ended);
            decided.retainAll(open);
            return new SessionListing(undecided, decided, remains, acks);
        }
    }
}
