package io.godwit.collect;

import io.godwit.commit.CollectedPacks;
import io.godwit.commit.CollectionRecords;
import io.godwit.commit.LossRecords;
import io.godwit.commit.Losses;
import io.godwit.commit.RepositoryAccess;
import io.godwit.commit.Session;
import io.godwit.commit.SessionRequest;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackId;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/// Publishes what a repair has found, in a session that ends without a commit.
///
/// The list refers to packs, and while the session is open no collection decides without it: a plan
/// that condemns one of them is not acknowledged, and one that came before is looked for. A
/// collector that reads the roots after the session's end sees the list. Should a session that was
/// given up put its list late, what it refers to may be gone: then the content is as lost as it was
/// before, which is found when it is read, and by the next repair.
public final class LossPublishing {
    private final RepositoryAccess access;
    private final CollectionRecords rounds;

    public LossPublishing(RepositoryAccess access) {
        this.access = access;
        this.rounds = new CollectionRecords(access);
    }

    /// Puts the list.
    ///
    /// @param segments index segments that take the place of damaged ones, put before it
    /// @throws GodwitException `FENCED` when a collection or another repair came in between:
    ///     nothing was published
    public void publish(Losses losses, List<byte[]> segments) {
        Set<PackId> targets = losses.targets();
        Condemnation condemnation = new Condemnation("what was found again");
        condemnation.watch(targets);
        SessionRequest request =
                SessionRequest.of("repair").withIndex(CollectedPacks.none(), condemnation);
        try (Session session = Session.open(access, request)) {
            requireUncollected(targets, session);
            session.heartbeat();
            session.freeze();
            segments.forEach(session::putIndexSegment);
            new LossRecords(access).publish(losses);
            session.abort("a repair commits nothing");
        }
    }

    private void requireUncollected(Set<PackId> targets, Session session) {
        for (long round : targets.isEmpty() ? List.<Long>of() : rounds.plansFrom(1)) {
            if (!Collections.disjoint(targets, rounds.unusable(round, rounds.sweep(round)))) {
                throw collected("round=" + round);
            }
        }
        Set<PackId> missing = session.checkForeignPacks(targets);
        if (!missing.isEmpty()) {
            throw collected("missing=" + missing.iterator().next());
        }
    }

    private static GodwitException collected(String why) {
        return new GodwitException(
                        FailureKind.FENCED, "a collection deletes what was found again: " + why)
                .withHint("run it again");
    }
}
