package io.godwit.collect;

import io.godwit.commit.Catalogue;
import io.godwit.commit.CataloguePruning;
import io.godwit.commit.Checkpoint;
import io.godwit.commit.CheckpointRecords;
import io.godwit.commit.CollectionDone;
import io.godwit.commit.CollectionPlan;
import io.godwit.commit.CollectionRecords;
import io.godwit.commit.CollectionSweep;
import io.godwit.commit.CommitWarnings;
import io.godwit.commit.Nonce;
import io.godwit.commit.PackMoves;
import io.godwit.commit.PackName;
import io.godwit.commit.RepositoryAccess;
import io.godwit.commit.SessionRecords;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackId;
import io.godwit.pack.PackNames;
import io.godwit.store.ObjectKey;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Deletes the packs that no snapshot and no session needs: one round, G0 to G6.
///
/// Any number of nodes may collect at the same time. Plan and sweep of a round are decided once,
/// and whoever comes second follows; every step may be the last of its process, and another goes on
/// from what stands in the store. Before it deletes anything, each marks from the roots by itself.
/// Belongs to one thread.
public final class Collector {
    /// How often somebody else may finish a round under our eyes.
    private static final int ATTEMPTS = 3;

    private final RepositoryAccess access;
    private final CollectionSettings settings;
    private final CollectionRecords rounds;
    private final SessionRecords sessions;
    private final CheckpointRecords checkpoints;
    private final CataloguePruning pruning;
    private final RootsReading roots;
    private final Answers answers;
    private final KeepingStore deleting;

    public Collector(RepositoryAccess access, Catalogue catalogue, CollectionSettings settings) {
        this.access = access;
        this.settings = settings;
        this.rounds = new CollectionRecords(access);
        this.sessions = new SessionRecords(access);
        this.checkpoints = new CheckpointRecords(access);
        this.deleting = new KeepingStore(access.store());
        this.pruning = new CataloguePruning(new ForgivingAccess(access, deleting));
        this.roots = new RootsReading(access, catalogue, settings.request().acceptMissing());
        this.answers = new Answers(access, sessions);
    }

    /// Where the collections of a repository are.
    ///
    /// @param newest round with a plan; 0 for none
    private record Progress(long newest, boolean done) {}

    private Progress progress() {
        long newest = rounds.newestPlan();
        return new Progress(newest, newest == 0 || rounds.done(newest).isPresent());
    }

    /// Finishes the round that is under way, or makes a new one. Nothing is published when there is
    /// nothing to do.
    ///
    /// @throws GodwitException `CORRUPT` when a snapshot cannot be read, or a sweep is not what it
    ///     must be: nothing more is deleted. `DENIED` when this process may not write
    public CollectionResult collect() {
        if (!settings.request().dryRun() && !access.writable()) {
            throw new GodwitException(
                    FailureKind.DENIED, "repository is open for reading only: nothing is deleted");
        }
        for (int attempt = 1; ; attempt++) {
            Progress before = progress();
            try {
                requireNotRepacked();
                return before.done() ? begin(before.newest() + 1) : resume(before.newest());
            } catch (GodwitException e) {
                // What somebody else deletes while we look is missing, and no damage.
                if (e.kind() != FailureKind.CORRUPT
                        || attempt == ATTEMPTS
                        || progress().equals(before)) {
                    throw e;
                }
            }
        }
    }

    private void requireNotRepacked() {
        if (PackMoves.read(access).round() != 0) {
            throw newer("packs were moved");
        }
    }

    private static GodwitException newer(String what) {
        return new GodwitException(
                        FailureKind.INVALID,
                        "collection by a newer program is not understood: " + what)
                .withHint("collect with that program");
    }

    // ---- G0 to G2

    private CollectionResult begin(long round) {
        settings.phases().phase("listing packs");
        PackListing listing = PackListing.read(access.store());
        Roots read = roots();
        RootsMark marked = mark(read, round);
        List<PackName> condemned = marked.all().free(listing.packs());
        if (!settings.request().dryRun()) {
            prolongLocks(read, marked, listing);
        }
        if (settings.request().dryRun()) {
            return foretold(round, listing, condemned);
        }
        if (condemned.isEmpty() && !sessions.anyEnded() && !pruning.anyLoose()) {
            return nothing(round - 1, listing);
        }
        CollectionPlan mine =
                new CollectionPlan(round, nonce(), access.host(), condemned, List.of());
        return finish(rounds.decide(mine));
    }

    private void prolongLocks(Roots read, RootsMark marked, PackListing listing) {
        new Locks(access)
                .prolong(listing.packs(), pack -> marked.all().hold(pack.id()), read.live());
    }

    private Roots roots() {
        settings.phases().phase("reading snapshots");
        return roots.read();
    }

    private RootsMark mark(Roots read, long round) {
        settings.phases().phase("marking");
        return RootsMark.of(read, round, settings.marks().get());
    }

    private Nonce nonce() {
        return Nonce.random(access.random());
    }

    private CollectionResult foretold(long round, PackListing listing, List<PackName> condemned) {
        long pending =
                sessions.undecided().stream()
                        .filter(session -> session.acknowledged() < round)
                        .count();
        return new CollectionResult(
                round,
                listing.packs().size(),
                condemned.size(),
                0,
                listing.bytes(condemned),
                0,
                0,
                pending);
    }

    private CollectionResult nothing(long newest, PackListing listing) {
        return new CollectionResult(
                newest, listing.packs().size(), 0, 0, 0, 0, 0, sessions.undecided().size());
    }

    private CollectionResult resume(long round) {
        CollectionPlan plan = rounds.listedPlan(round);
        return settings.request().dryRun()
                ? foretold(round, PackListing.read(access.store()), plan.condemned())
                : finish(plan);
    }

    // ---- G3 to G6

    private CollectionResult finish(CollectionPlan plan) {
        if (!plan.moves().isEmpty()) {
            throw newer("its plan moves packs");
        }
        long round = plan.round();
        Optional<CollectionSweep> decided = rounds.sweep(round);
        if (decided.isEmpty()) {
            awaitAnswers(round);
        }
        Roots read = roots();
        RootsMark marked = mark(read, round);
        CollectionSweep sweep = decided.isPresent() ? decided.get() : decide(plan, marked.all());
        SweepCheck.require(plan, sweep, marked.certain());
        Checkpoint checkpoint =
                checkpoints.publish(round, read.floor(round), read.view(), read.live());
        PackListing before = PackListing.read(access.store());
        delete(sweep);
        cleanUp(round, checkpoint, before, sweep);
        List<PackName> gone = withoutKept(sweep.deleted());
        CollectionResult result =
                new CollectionResult(
                        round,
                        before.packs().size(),
                        plan.condemned().size(),
                        gone.size(),
                        before.bytes(gone),
                        answers.waitedFor(),
                        answers.fenced(),
                        read.undecided().size());
        CollectionDone _ =
                rounds.decide(
                        new CollectionDone(
                                round,
                                nonce(),
                                access.host(),
                                result.listedPacks(),
                                result.deletedPacks(),
                                result.freedBytes()));
        return result;
    }

    private void awaitAnswers(long round) {
        settings.phases().phase("waiting for sessions");
        Patience patience =
                new Patience(
                        settings.request().fenceAfter(),
                        settings.nanoTime(),
                        access.host(),
                        settings.processes());
        answers.await(round, patience);
    }

    private CollectionSweep decide(CollectionPlan plan, Holdings held) {
        return rounds.decide(
                new CollectionSweep(
                        plan.round(),
                        nonce(),
                        access.host(),
                        held.free(plan.condemned()),
                        List.of()));
    }

    private void delete(CollectionSweep sweep) {
        settings.phases().phase("deleting");
        access.fanOut()
                .map(
                        sweep.deleted(),
                        pack -> {
                            deleting.delete(PackNames.key(pack.id(), pack.metadata()));
                            return pack;
                        });
    }

    /// What the store refused to delete stays, and the next round condemns it again.
    private List<PackName> withoutKept(List<PackName> deleted) {
        Set<ObjectKey> kept = deleting.kept();
        if (!kept.isEmpty()) {
            access.warnings()
                    .warn(
                            CommitWarnings.Kind.NOT_DELETED,
                            "the store refuses to delete, and keeps: objects=%d first=%s"
                                    .formatted(
                                            kept.size(), kept.stream().sorted().findFirst().get()));
        }
        return deleted.stream()
                .filter(pack -> !kept.contains(PackNames.key(pack.id(), pack.metadata())))
                .toList();
    }

    private void cleanUp(
            long round, Checkpoint checkpoint, PackListing before, CollectionSweep sweep) {
        settings.phases().phase("cleaning up");
        sessions.cleanUp(checkpoint.floor());
        pruning.below(checkpoint);
        pruning.checkpoints(round);
        Set<PackId> deleted = sweep.packs();
        List<PackName> living =
                before.packs().stream().filter(pack -> !deleted.contains(pack.id())).toList();
        new IndexSegments(access).prune(checkpoint.floor(), living);
    }
}
