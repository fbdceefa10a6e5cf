package io.godwit.commit;

import io.godwit.format.ObjectKind;
import io.godwit.pack.PackId;
import io.godwit.pack.PackNames;
import io.godwit.pack.SessionId;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import io.godwit.volume.VolumeKey;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// A collector that is just good enough to exercise sessions: G0 to G6 over snapshots that consist
/// of one chunk each. Every step can be called on its own.
final class TestCollector {
    private final TestRepository repository;
    private final Store store;
    private final RecordStore records;
    private final CollectionRecords collections;

    TestCollector(TestRepository repository) {
        this.repository = repository;
        this.store = repository.store();
        this.records = new RecordStore(repository);
        this.collections = new CollectionRecords(repository);
    }

    // ---- single steps

    void put(ObjectKind kind, ObjectKey key, byte[] plain) {
        store.putIfAbsent(key, MemorySegment.ofArray(records.seal(kind, key, plain)));
    }

    /// G2 with a chosen list.
    CollectionPlan plan(long round, List<PackName> condemned) {
        put(
                ObjectKind.PLAN,
                CommitKeys.plan(round),
                CollectionFormat.encode(
                        new CollectionPlan(
                                round, nonce(), repository.host(), condemned, List.of())));
        return collections.plan(round).orElseThrow();
    }

    /// G5 with a chosen list.
    void sweep(long round, List<PackName> deleted) {
        put(
                ObjectKind.SWEEP,
                CommitKeys.sweep(round),
                CollectionFormat.encode(
                        new CollectionSweep(
                                round, nonce(), repository.host(), deleted, List.of())));
    }

    void done(long round) {
        put(
                ObjectKind.DONE,
                CommitKeys.done(round),
                CollectionFormat.encode(
                        new CollectionDone(round, nonce(), repository.host(), 0, 0, 0)));
    }

    void checkpoint(long round, long floor, CheckpointSegment inline) {
        put(
                ObjectKind.CATALOGUE,
                CommitKeys.checkpoint(round),
                CheckpointFormat.encode(new Checkpoint(round, nonce(), floor, List.of(), inline)));
    }

    /// ABORT by a collector.
    void fence(SessionId session) {
        put(
                ObjectKind.SESSION_OUTCOME,
                CommitKeys.outcome(session),
                SessionFormat.encode(
                        new SessionOutcome.Abort(nonce(), repository.host(), "overdue")));
    }

    /// `open` first, `outcome` last, acks between.
    void cleanUp(SessionId session) {
        store.delete(CommitKeys.open(session));
        List<ObjectKey> acks = new ArrayList<>();
        records.list("s/" + session + "/ack/", "", listed -> acks.add(listed.key()));
        acks.forEach(store::delete);
        store.delete(CommitKeys.outcome(session));
    }

    private Nonce nonce() {
        return Nonce.random(repository.random());
    }

    // ---- a whole round

    /// What a reading of the roots gives: s/, then snap/, then the newest checkpoint.
    private record Roots(
            Set<PackId> packs, Set<SessionId> undecided, Set<SessionId> owners, long floor) {}

    private Roots roots(long round) {
        Set<PackId> packs = new HashSet<>();
        Set<SessionId> undecided = new HashSet<>();
        Set<SessionId> owners = new HashSet<>();
        long floor = round;
        SessionListing listing = SessionListing.read(records);
        for (SessionId session : listing.undecided()) {
            Optional<SessionOpen> open =
                    records.get(
                            ObjectKind.SESSION_OPEN, CommitKeys.open(session), SessionFormat::open);
            if (open.isPresent()) {
                undecided.add(session);
                owners.add(session);
                owners.addAll(open.get().adopts());
                open.get().pins().forEach(pin -> packs.add(pin.root().record().pack()));
                floor = Math.min(floor, session.plan());
            }
        }
        // Reads s/, snap/ and the checkpoint again, in this order: what committed meanwhile is a
        // root too.
        new Catalogue(repository.other(store, round).readOnly(), CatalogueMemory.none())
                .read()
                .entries()
                .forEach(entry -> packs.add(entry.root().record().pack()));
        return new Roots(packs, undecided, owners, floor);
    }

    private Optional<SessionOutcome> outcome(SessionId session) {
        return records.get(
                ObjectKind.SESSION_OUTCOME, CommitKeys.outcome(session), SessionFormat::outcome);
    }

    /// G0 to G2. Returns the round.
    long begin() {
        List<Long> plans = collections.plansFrom(1);
        long newest = plans.isEmpty() ? 0 : plans.getLast();
        if (newest > 0 && collections.done(newest).isEmpty()) {
            return newest;
        }
        long round = newest + 1;
        List<PackId> listed = new ArrayList<>();
        records.list(
                "p/",
                "",
                object -> {
                    String name = object.key().value();
                    listed.add(PackId.parse(name.substring(name.lastIndexOf('/') + 1)));
                });
        Roots roots = roots(round);
        List<PackName> condemned =
                listed.stream()
                        .filter(pack -> !roots.packs.contains(pack))
                        .filter(pack -> !roots.owners.contains(pack.owner()))
                        .map(pack -> new PackName(pack, false))
                        .toList();
        return plan(round, condemned).round();
    }

    /// G3: sessions that have neither acknowledged nor ended.
    List<SessionId> waitingFor(long round) {
        return SessionListing.read(records).undecided().stream()
                .filter(session -> session.plan() < round)
                .filter(session -> !acknowledged(session, round))
                .toList();
    }

    private boolean acknowledged(SessionId session, long round) {
        List<String> acks = new ArrayList<>();
        String prefix = "s/" + session + "/ack/";
        records.list(prefix, "", listed -> acks.add(listed.key().value()));
        return acks.stream().anyMatch(ack -> Hex.parseLong(ack, prefix.length()) >= round);
    }

    /// G4 to G6, once nobody is waited for.
    void end(long round) {
        CollectionPlan plan = collections.plan(round).orElseThrow();
        Roots roots = roots(round);
        List<PackName> deleted =
                plan.condemned().stream()
                        .filter(pack -> !roots.packs.contains(pack.id()))
                        .filter(pack -> !roots.owners.contains(pack.id().owner()))
                        .toList();
        sweep(round, deleted);
        CollectionSweep decided = collections.sweep(round).orElseThrow();
        publishCheckpoint(round, roots.floor);
        decided.deleted().forEach(p -> store.delete(PackNames.key(p.id(), p.metadata())));
        cleanUpSessions(roots.floor);
        done(round);
    }

    private void publishCheckpoint(long round, long floor) {
        CatalogueView view =
                new Catalogue(repository.other(store, round), CatalogueMemory.none()).read();
        Map<VolumeKey, List<CatalogueEntry>> live = new TreeMap<>();
        view.entries().stream()
                .filter(entry -> entry.session().plan() < floor)
                .sorted(CatalogueView.BY_AGE.reversed())
                .forEach(
                        entry ->
                                live.computeIfAbsent(
                                                repository.keyOf(entry.volume()),
                                                _ -> new ArrayList<>())
                                        .add(entry));
        Map<VolumeKey, Long> counters = new TreeMap<>();
        view.counters().keySet().forEach(key -> counters.put(key, view.accounted(key)));
        view.everything()
                .filter(entry -> entry.session().plan() < floor)
                .forEach(
                        entry ->
                                counters.merge(
                                        repository.keyOf(entry.volume()),
                                        entry.counter(),
                                        Math::max));
        List<CheckpointSegment.Volume> volumes = new ArrayList<>();
        counters.forEach(
                (key, counter) ->
                        volumes.add(
                                new CheckpointSegment.Volume(
                                        key, counter, live.getOrDefault(key, List.of()))));
        checkpoint(round, floor, new CheckpointSegment(volumes));
    }

    /// Below the floor everything but checkpoints can go; above it, sessions whose entries stand in
    /// snap/.
    private void cleanUpSessions(long floor) {
        for (SessionId session : SessionListing.read(records).decided()) {
            switch (outcome(session).orElse(null)) {
                case null -> {}
                case SessionOutcome.Abort _ -> cleanUp(session);
                case SessionOutcome.Commit commit -> {
                    boolean published =
                            commit.entries().stream().allMatch(e -> records.exists(snapshot(e)));
                    if (published || session.plan() < floor) {
                        cleanUp(session);
                    }
                }
            }
        }
        List<ObjectKey> below = new ArrayList<>();
        records.list(
                "snap/",
                "",
                listed -> {
                    Optional<CatalogueEntry> entry =
                            records.get(ObjectKind.SNAPSHOT, listed.key(), EntryFormat::decode);
                    if (entry.isPresent() && entry.get().session().plan() < floor) {
                        below.add(listed.key());
                    }
                });
        below.forEach(store::delete);
    }

    ObjectKey snapshot(CatalogueEntry entry) {
        return CommitKeys.snapshot(
                repository.keyOf(entry.volume()), entry.time(), entry.snapshot());
    }

    /// A round in which whoever does not answer is fenced.
    long collect() {
        long round = begin();
        waitingFor(round).stream().sorted(Comparator.reverseOrder()).forEach(this::fence);
        end(round);
        return round;
    }
}
