package io.godwit.collect;

import io.godwit.commit.CollectedPacks;
import io.godwit.commit.CollectionPlan;
import io.godwit.commit.CollectionRecords;
import io.godwit.commit.CommitWarnings;
import io.godwit.commit.PackMove;
import io.godwit.commit.RepositoryAccess;
import io.godwit.commit.Session;
import io.godwit.commit.SessionRequest;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// G1 and G2 of a round that moves packs: copies what is needed of its victims, in a session of its
/// own that is open until the plan stands. Belongs to one thread.
///
/// From then on the plan keeps the copies, until its sweep is decided. When the process dies
/// before, or somebody else's plan stands, they are nobody's, and the next round condemns them.
final class Mover {
    /// As often as any session.
    private static final Duration HEARTBEAT = Duration.ofSeconds(30);

    private final RepositoryAccess access;
    private final CollectionRecords rounds;
    private final LongSupplier nanoTime;
    private long storedBytes;

    Mover(RepositoryAccess access, CollectionRecords rounds, LongSupplier nanoTime) {
        this.access = access;
        this.rounds = rounds;
        this.nanoTime = nanoTime;
    }

    /// Of packs that were made.
    long storedBytes() {
        return storedBytes;
    }

    /// Copies, and publishes the plan.
    ///
    /// @param plan makes it of the moves
    /// @throws GodwitException `FENCED` when somebody else's plan was published meanwhile
    CollectionPlan decide(
            long round,
            Repacking with,
            List<Victim> victims,
            Function<List<PackMove>, CollectionPlan> plan) {
        SessionRequest request =
                SessionRequest.of("repack")
                        .withIndex(
                                CollectedPacks.none(),
                                (published, _) -> {
                                    throw overtaken(published.round());
                                });
        try (Session session = Session.open(access, request)) {
            if (session.id().plan() >= round) {
                throw overtaken(session.id().plan());
            }
            List<PackMove> moves = copy(with, session, victims);
            CollectionPlan decided = rounds.decide(plan.apply(moves));
            session.abort("its copies belong to collection " + round);
            return decided;
        }
    }

    private static GodwitException overtaken(long round) {
        return new GodwitException(
                        FailureKind.FENCED,
                        "another collection was published while packs were copied: round=" + round)
                .withHint("run it again");
    }

    private List<PackMove> copy(Repacking with, Session session, List<Victim> victims) {
        try (PackCopy copy = with.copyTo(session, beat(session))) {
            PackCopy.Result result = copy.copy(victims);
            storedBytes = result.storedBytes();
            result.failures().forEach(this::warnLeft);
            return result.moves();
        }
    }

    private void warnLeft(GodwitException why) {
        access.warnings()
                .warn(
                        CommitWarnings.Kind.DAMAGED_OBJECT,
                        "pack is not repacked, something that is needed of it cannot be read: "
                                + why.getMessage());
    }

    private Runnable beat(Session session) {
        long[] last = {nanoTime.getAsLong()};
        return () -> {
            if (nanoTime.getAsLong() - last[0] >= HEARTBEAT.toNanos()) {
                session.heartbeat();
                session.requireUsable();
                last[0] = nanoTime.getAsLong();
            }
        };
    }
}
