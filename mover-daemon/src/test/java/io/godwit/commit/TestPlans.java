package io.godwit.commit;

import io.godwit.format.ObjectKind;
import io.godwit.pack.PackId;
import io.godwit.pack.SessionId;
import io.godwit.store.ObjectKey;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;

/// What a collector puts into a repository, one object at a time.
public final class TestPlans {
    private final RepositoryAccess access;
    private final SplittableRandom random = new SplittableRandom(3);

    public TestPlans(RepositoryAccess access) {
        this.access = access;
    }

    private static List<PackName> names(Collection<PackId> packs) {
        return packs.stream().map(pack -> new PackName(pack, false)).sorted().toList();
    }

    private void put(ObjectKind kind, ObjectKey key, byte[] plain) {
        byte[] sealed = access.sealing().seal(kind, key, plain);
        access.store().putIfAbsent(key, MemorySegment.ofArray(sealed));
    }

    /// G2 with a chosen list of data packs.
    public void plan(long round, Collection<PackId> condemned) {
        CollectionPlan plan =
                new CollectionPlan(
                        round, Nonce.random(random), access.host(), names(condemned), List.of());
        put(ObjectKind.PLAN, CommitKeys.plan(round), CollectionFormat.encode(plan));
    }

    /// ABORT by a collector.
    public void fence(SessionId session) {
        put(
                ObjectKind.SESSION_OUTCOME,
                CommitKeys.outcome(session),
                SessionFormat.encode(
                        new SessionOutcome.Abort(Nonce.random(random), access.host(), "overdue")));
    }

    public static ObjectKey ack(SessionId session, long round) {
        return CommitKeys.ack(session, round);
    }

    /// The session that a key below `s/` belongs to.
    public static SessionId session(ObjectKey key) {
        return SessionId.parse(key.value().split("/", -1)[1]);
    }
}
