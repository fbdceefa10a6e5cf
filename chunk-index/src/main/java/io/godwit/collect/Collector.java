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
import io.godwit.commit.IndexRoot;
import io.godwit.commit.IndexRoots;
import io.godwit.commit.Nonce;
import io.godwit.commit.PackMove;
import io.godwit.commit.PackMoves;
import io.godwit.commit.PackName;
import io.godwit.commit.RepositoryAccess;
import io.godwit.commit.SessionRecords;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackId;
import io.godwit.pack.PackNames;
import io.godwit.store.ObjectKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Deletes the packs that no snapshot and no session needs: one round, G0 to G6.
///
/// Any number of nodes may collect at the same time. Plan and sweep of a round are decided once,
/// and whoever comes second follows; every step may be the last of its process, and another goes on
/// from what stands in the store. Before it deletes anything, each marks from the roots by itself.
/// What is needed of packs that are badly used is copied first, and they go with the same round.
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
    private final IndexRoots indexRoots;
    private final Mover mover;

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
        this.indexRoots = new IndexRoots(access);
        this.mover = new Mover(access, rounds, settings.nanoTime());
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
                return before.done() ? begin(before.newest() + 1) : resume(before.newest());
            } catch (GodwitException e) {
                if (!mayBeOthers(e) || attempt == ATTEMPTS || progress().equals(before)) {
                    throw e;
                }
            }
        }
    }

    /// What somebody else deletes while we look is missing, and no damage.
    private static boolean mayBeOthers(GodwitException e) {
        return e.kind() == FailureKind.CORRUPT
                || e.kind() == FailureKind.NOT_FOUND
                || e.kind() == FailureKind.FENCED;
    }

    // ---- G0 to G2

    private CollectionResult begin(long round) {
        settings.phases().phase("listing packs");
        PackListing listing = PackListing.read(access.store());
        Optional<PackUsage> usage =
                settings.repacking().map(with -> new PackUsage(listing, with.limits()));
        Roots read = roots();
        RootsMark marked = mark(read, round, new Marked(Copies.none(), usage));
        List<PackName> condemned = marked.all().free(listing.packs());
        List<Victim> victims =
                usage.map(known -> known.victims(pack -> marked.all().isOwnerless(pack.id())))
                        .orElse(List.of());
        if (!settings.request().dryRun()) {
            prolongLocks(read, marked, listing);
        }
        if (settings.request().dryRun()) {
            Forecast forecast = Forecast.of(read, listing, marked.all(), condemned, victims);
            return foretold(round, listing, condemned, victims, Optional.of(forecast));
        }
        if (condemned.isEmpty() && victims.isEmpty() && !sessions.any() && !pruning.anyLoose()) {
            return nothing(round - 1, listing);
        }
        return finish(plan(round, condemned, victims));
    }

    private CollectionPlan plan(long round, List<PackName> condemned, List<Victim> victims) {
        if (!victims.isEmpty()) {
            settings.phases().phase("repacking");
            try {
                return mover.decide(
                        round,
                        settings.repacking().orElseThrow(),
                        victims,
                        moves -> plan(round, condemned, moves, nonce()));
            } catch (GodwitException e) {
                // A store that is full takes no copies, and all the more it needs what is deleted.
                if (e.kind() != FailureKind.UNAVAILABLE || condemned.isEmpty()) {
                    throw e;
                }
                access.warnings()
                        .warn(
                                CommitWarnings.Kind.NOT_REPACKED,
                                "packs are not repacked this time: " + e.getMessage());
            }
        }
        return rounds.decide(plan(round, condemned, List.of(), nonce()));
    }

    private CollectionPlan plan(
            long round, List<PackName> condemned, List<PackMove> moves, Nonce nonce) {
        return new CollectionPlan(round, nonce, access.host(), condemned, moves);
    }

    private void prolongLocks(Roots read, RootsMark marked, PackListing listing) {
        new Locks(access)
                .prolong(listing.packs(), pack -> marked.all().hold(pack.id()), read.live());
    }

    private Roots roots() {
        settings.phases().phase("reading snapshots");
        return roots.read();
    }

    private RootsMark mark(Roots read, long round, Marked into) {
        settings.phases().phase("marking");
        return RootsMark.of(read, round, settings.marks().get(), into);
    }

    private Nonce nonce() {
        return Nonce.random(access.random());
    }

    private CollectionResult foretold(
            long round,
            PackListing listing,
            List<PackName> condemned,
            List<Victim> victims,
            Optional<Forecast> forecast) {
        long pending =
                sessions.undecided().stream()
                        .filter(session -> session.acknowledged() < round)
                        .count();
        return new CollectionResult(
                round,
                listing.packs().size(),
                condemned.size(),
                victims.size(),
                0,
                listing.bytes(condemned)
                        + listing.bytes(victims.stream().map(Victim::name).toList()),
                victims.stream().mapToLong(Victim::usedBytes).sum(),
                0,
                0,
                pending,
                0,
                forecast);
    }

    private CollectionResult nothing(long newest, PackListing listing) {
        return new CollectionResult(
                newest, listing.packs().size(), 0, 0, 0, 0, 0, sessions.undecided().size());
    }

    private CollectionResult resume(long round) {
        CollectionPlan plan = rounds.listedPlan(round);
        if (!settings.request().dryRun()) {
            return finish(plan);
        }
        List<PackName> going = new ArrayList<>(plan.condemned());
        plan.moves().forEach(move -> going.add(move.victim()));
        return foretold(
                round, PackListing.read(access.store()), going, List.of(), Optional.empty());
    }

    // ---- G3 to G6

    private CollectionResult finish(CollectionPlan plan) {
        long round = plan.round();
        Optional<CollectionSweep> decided = rounds.sweep(round);
        if (decided.isEmpty()) {
            awaitAnswers(round);
        }
        Copies copies = copies(plan);
        Roots read = roots();
        RootsMark marked = mark(read, round, new Marked(copies, Optional.empty()));
        CollectionSweep sweep =
                decided.isPresent() ? decided.get() : decide(plan, copies, marked.all());
        SweepCheck.require(plan, sweep, marked.certain());
        Optional<IndexRoot> before = PackMoves.newestRoot(access);
        indexRoots.publish(sweep, before, IndexRoots.Shards.of(before));
        Checkpoint checkpoint =
                checkpoints.publish(round, read.floor(round), read.view(), read.live());
        SegmentListing segments = SegmentListing.read(access);
        PackListing listing = PackListing.read(access.store());
        delete(sweep);
        cleanUp(checkpoint, segments, listing, sweep);
        List<PackName> gone = withoutKept(sweep.deleted());
        CollectionResult result =
                new CollectionResult(
                        round,
                        listing.packs().size(),
                        plan.condemned().size(),
                        plan.moves().size(),
                        gone.size(),
                        listing.bytes(gone),
                        mover.storedBytes(),
                        answers.waitedFor(),
                        answers.fenced(),
                        read.undecided().size(),
                        deleting.kept().size(),
                        Optional.empty());
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

    /// @throws GodwitException `INVALID` when this collector cannot look into packs
    private Copies copies(CollectionPlan plan) {
        if (plan.moves().isEmpty()) {
            return Copies.none();
        }
        Repacking with =
                settings.repacking()
                        .orElseThrow(
                                () ->
                                        new GodwitException(
                                                FailureKind.INVALID,
                                                "collection moves packs, and this one cannot:"
                                                        + " round="
                                                        + plan.round()));
        settings.phases().phase("checking copies");
        return Copies.of(plan, with::chunks);
    }

    private CollectionSweep decide(CollectionPlan plan, Copies copies, Holdings held) {
        Set<PackId> targets = IndexRoots.targets(plan);
        List<PackName> condemned =
                plan.condemned().stream().filter(pack -> !targets.contains(pack.id())).toList();
        List<PackName> deleted = new ArrayList<>(held.free(condemned));
        List<PackMove> moves = new ArrayList<>();
        for (PackMove move : plan.moves()) {
            PackId victim = move.victim().id();
            if (!copies.isWithout(victim) && !held.holdVictim(victim)) {
                deleted.add(move.victim());
                moves.add(move);
            }
        }
        return rounds.decide(
                new CollectionSweep(plan.round(), nonce(), access.host(), deleted, moves));
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
            Checkpoint checkpoint,
            SegmentListing segments,
            PackListing before,
            CollectionSweep sweep) {
        long round = sweep.round();
        settings.phases().phase("cleaning up");
        sessions.cleanUp(checkpoint.floor());
        pruning.below(checkpoint);
        pruning.checkpoints(round);
        indexRoots.prune();
        Set<PackId> deleted = sweep.packs();
        List<PackName> living =
                before.packs().stream().filter(pack -> !deleted.contains(pack.id())).toList();
        new IndexSegments(access).prune(checkpoint.floor(), segments, living);
        Set<PackId> ids = new HashSet<>();
        living.forEach(pack -> ids.add(pack.id()));
        int _ =
                new SegmentMerge(access, segments, round, ids, SegmentMerge.TOGETHER)
                        .merge(round, checkpoint.floor());
    }
}
