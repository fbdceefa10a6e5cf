package io.godwit.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.commit.ScriptedStore.Fault;
import io.godwit.commit.ScriptedStore.Op;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.SessionId;
import io.godwit.store.MemoryStore;
import io.godwit.store.ObjectKey;
import io.godwit.volume.VolumeKey;
import io.godwit.volume.VolumeName;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class CatalogueTest {
    private static final VolumeName DB = new VolumeName("db");

    private final MemoryStore memory = new MemoryStore();
    private final ScriptedStore store = new ScriptedStore(memory);
    private final TestRepository repository = new TestRepository(store, 1);
    private final TestRepository others = new TestRepository(memory, 2);
    private final TestCollector collector = new TestCollector(others);
    private final Remembering remembered = new Remembering();
    private final Catalogue catalogue = new Catalogue(repository, remembered);

    /// A node that forgets nothing.
    private static final class Remembering implements CatalogueMemory {
        final Map<ObjectKey, byte[]> entries = new HashMap<>();
        final Set<SessionId> settled = new HashSet<>();
        final Map<VolumeKey, Long> counters = new HashMap<>();

        @Override
        public Optional<byte[]> entry(ObjectKey name) {
            return Optional.ofNullable(entries.get(name));
        }

        @Override
        public void rememberEntry(ObjectKey name, byte[] plain) {
            entries.put(name, plain);
        }

        @Override
        public boolean settled(SessionId session) {
            return settled.contains(session);
        }

        @Override
        public void rememberSettled(SessionId session) {
            settled.add(session);
        }

        @Override
        public Map<VolumeKey, Long> newestCounters(Optional<VolumeKey> only) {
            Map<VolumeKey, Long> known = new HashMap<>(counters);
            only.ifPresent(volume -> known.keySet().retainAll(Set.of(volume)));
            return known;
        }

        @Override
        public void rememberCounters(Map<VolumeKey, Long> newer) {
            counters.putAll(newer);
        }
    }

    private static FailureKind kind(Throwable e) {
        return ((GodwitException) e).kind();
    }

    private static String hint(Throwable e) {
        return ((GodwitException) e).hint().orElse("");
    }

    /// `count` snapshots of a volume, one second apart, each the parent of the next.
    private List<CatalogueEntry> chain(String volume, int count) {
        List<CatalogueEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Optional<CatalogueEntry> parent =
                    entries.isEmpty() ? Optional.empty() : Optional.of(entries.getLast());
            entries.add(others.backup(volume, parent));
        }
        return entries;
    }

    /// Commits an entry as it is.
    private CatalogueEntry commit(java.util.function.UnaryOperator<CatalogueEntry> change) {
        Session session = others.open();
        ChunkRef root = others.upload(session);
        session.freeze();
        CatalogueEntry entry = change.apply(others.entry("db", session.id(), root));
        return session.commit(List.of(entry)).entries().getFirst();
    }

    private void forget(CatalogueEntry entry) {
        new Forgetting(others, new Catalogue(others, CatalogueMemory.none()))
                .forget(
                        List.of(entry.snapshot().toString()),
                        new Forgetting.Options(true, false, "test"));
    }

    // ---- reading

    @Test
    void readsTheRootsInTheirOrder() {
        chain("db", 1);
        catalogue.read();
        assertThat(store.log().stream().filter(line -> line.startsWith("LIST")))
                .containsExactly("LIST s/", "LIST snap/", "LIST snap-del/", "LIST cat/");
    }

    @Test
    void showsEverythingOldestFirst() {
        List<CatalogueEntry> db = chain("db", 3);
        List<CatalogueEntry> a = chain("a", 2);
        CatalogueView view = catalogue.read();
        List<CatalogueEntry> expected = new ArrayList<>(a);
        expected.addAll(db);
        assertThat(view.entries()).isEqualTo(expected);
        assertThat(view.volumes()).extracting(VolumeName::value).containsExactly("a", "db");
        assertThat(repository.warned()).isEmpty();
    }

    @Test
    void aFinishedSessionCostsNoRequestOfItsOwn() {
        chain("db", 20);
        catalogue.read();
        assertThat(store.count(Op.GET, "s/.*")).isZero();
        assertThat(store.count(Op.GET, "snap/.*")).isEqualTo(20);
    }

    @Test
    void oneVolumeCostsNothingForOthers() {
        chain("a", 20);
        List<CatalogueEntry> db = chain("db", 2);
        assertThat(catalogue.read(DB).entries()).isEqualTo(db);
        assertThat(store.count(Op.GET, ".*")).isEqualTo(2);
    }

    @Test
    void readsEntriesOnce() {
        chain("db", 5);
        catalogue.read();
        int before = store.calls();
        catalogue.read();
        assertThat(store.calls() - before).isEqualTo(4);
    }

    @Test
    void countsAndFinishesWhatIsNotPublished() {
        List<CatalogueEntry> db = chain("db", 2);
        memory.delete(collector.snapshot(db.getLast()));

        assertThat(catalogue.read().entries()).isEqualTo(db);
        assertThat(memory.get(collector.snapshot(db.getLast()), 1 << 16)).isPresent();
        assertThat(store.count(Op.PUT, ".*")).isEqualTo(1);
        assertThat(catalogue.read().entries()).isEqualTo(db);
        assertThat(store.count(Op.PUT, ".*")).isEqualTo(1);
    }

    @Test
    void aReaderFinishesNothing() {
        List<CatalogueEntry> db = chain("db", 2);
        memory.delete(collector.snapshot(db.getLast()));
        repository.readOnly();
        assertThat(catalogue.read().entries()).isEqualTo(db);
        assertThat(store.count(Op.PUT, ".*")).isZero();
        assertThat(memory.get(collector.snapshot(db.getLast()), 1 << 16)).isEmpty();
    }

    @Test
    void finishesEveryVolumeOfACommit() {
        Session session = others.open();
        ChunkRef root = others.upload(session);
        session.freeze();
        List<SnapshotId> ids = session.newSnapshotIds(2);
        List<CatalogueEntry> entries =
                session.commit(
                                List.of(
                                        Entries.renamed(
                                                others.entry("a", session.id(), root), ids.get(0)),
                                        Entries.renamed(
                                                others.entry("db", session.id(), root),
                                                ids.get(1))))
                        .entries();
        memory.delete(collector.snapshot(entries.get(1)));

        assertThat(catalogue.read(new VolumeName("a")).entries()).hasSize(1);
        assertThat(memory.get(collector.snapshot(entries.get(1)), 1 << 16)).isPresent();
        assertThat(store.count(Op.PUT, ".*")).isEqualTo(1);
    }

    @Test
    void idsThatSayNothingOnlyCostRequests() {
        CatalogueEntry entry = commit(e -> Entries.renamed(e, SnapshotId.random(others.random())));
        assertThat(catalogue.read().entries()).containsExactly(entry);
        assertThat(store.count(Op.GET, "s/.*")).isEqualTo(1);
        assertThat(catalogue.read().entries()).containsExactly(entry);
        assertThat(store.count(Op.GET, "s/.*")).isEqualTo(1);
    }

    @Test
    void ignoresVoidOutcomes() {
        List<CatalogueEntry> db = chain("db", 1);
        memory.delete(collector.snapshot(db.getFirst()));
        memory.delete(CommitKeys.open(db.getFirst().session()));
        assertThat(catalogue.read().entries()).isEmpty();
        assertThat(store.count(Op.PUT, ".*")).isZero();
    }

    @Test
    void readsAgainWhenASessionIsCleanedUpMeanwhile() {
        List<CatalogueEntry> db = chain("db", 1);
        memory.delete(collector.snapshot(db.getFirst()));
        store.before(
                Op.LIST,
                "cat/",
                () -> {
                    new Catalogue(others, CatalogueMemory.none()).read();
                    collector.cleanUp(db.getFirst().session());
                });
        assertThat(catalogue.read().entries()).isEqualTo(db);
        assertThat(store.count(Op.LIST, "s/")).isEqualTo(2);
    }

    @Test
    void readsAgainWhenEntriesMoveToACheckpointMeanwhile() {
        List<CatalogueEntry> db = chain("db", 2);
        store.after(
                Op.LIST,
                "cat/",
                () -> {
                    collector.collect();
                    collector.collect();
                });
        assertThat(catalogue.read().entries()).isEqualTo(db);
        assertThat(store.count(Op.LIST, "s/")).isEqualTo(2);
        assertThat(repository.warned()).isEmpty();
    }

    @Test
    void readsCheckpoints() {
        List<CatalogueEntry> below = chain("db", 3);
        collector.collect();
        List<CatalogueEntry> above = chain("db", 0);
        above.add(others.backup("db", Optional.of(below.getLast())));
        List<CatalogueEntry> all = new ArrayList<>(below);
        all.addAll(above);

        assertThat(catalogue.read().entries()).isEqualTo(all);
        assertThat(store.count(Op.GET, "snap/.*")).isEqualTo(1);
        assertThat(repository.warned()).isEmpty();
    }

    @Test
    void readsSegmentsOfTheVolumeOnly() {
        CatalogueEntry a = others.backup("a");
        CatalogueEntry db = others.backup("db");
        List<Checkpoint.SegmentRef> refs = new ArrayList<>();
        for (CatalogueEntry entry : List.of(a, db)) {
            VolumeKey key = others.keyOf(entry.volume());
            byte[] plain =
                    CheckpointFormat.encode(
                            new CheckpointSegment(
                                    List.of(new CheckpointSegment.Volume(key, 1, List.of(entry)))));
            Checkpoint.SegmentRef ref =
                    new Checkpoint.SegmentRef(
                            1,
                            Nonce.random(others.random()),
                            refs.size(),
                            key.value(),
                            key.value(),
                            1,
                            EntryDigest.ofContent(plain));
            refs.add(ref);
            collector.put(
                    io.godwit.format.ObjectKind.CATALOGUE,
                    CommitKeys.checkpointSegment(ref),
                    plain);
        }
        collector.put(
                io.godwit.format.ObjectKind.CATALOGUE,
                CommitKeys.checkpoint(1),
                CheckpointFormat.encode(
                        new Checkpoint(
                                1,
                                Nonce.random(others.random()),
                                1,
                                refs,
                                CheckpointSegment.EMPTY)));
        memory.delete(collector.snapshot(a));
        memory.delete(collector.snapshot(db));

        assertThat(catalogue.read(DB).entries()).containsExactly(db);
        assertThat(store.count(Op.GET, "cat/segment/.*")).isEqualTo(1);
        assertThat(catalogue.read().entries()).containsExactly(a, db);

        memory.delete(CommitKeys.checkpointSegment(refs.getFirst()));
        assertThatThrownBy(catalogue::read)
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.CORRUPT));
    }

    @Test
    void honoursTombstones() {
        List<CatalogueEntry> db = chain("db", 2);
        forget(db.getFirst());
        CatalogueView view = catalogue.read();
        assertThat(view.entries()).containsExactly(db.getLast());
        assertThat(view.forgotten()).containsExactly(db.getFirst());
        assertThat(repository.warned()).isEmpty();
    }

    @Test
    void aTombstoneThatDoesNotOpenForgetsNothing() {
        List<CatalogueEntry> db = chain("db", 1);
        CatalogueEntry entry = db.getFirst();
        ObjectKey key =
                CommitKeys.tombstone(others.keyOf(entry.volume()), entry.time(), entry.snapshot());
        memory.putIfAbsent(key, MemorySegment.ofArray(new byte[40]));
        assertThat(catalogue.read().entries()).isEqualTo(db);
        assertThat(repository.warned()).singleElement().asString().contains("damaged-object");
    }

    @Test
    void aDamagedEntryHidesNoOther() {
        List<CatalogueEntry> db = chain("db", 3);
        damage(collector.snapshot(db.get(1)));
        damage(CommitKeys.outcome(db.get(1).session()));
        assertThat(catalogue.read().entries()).containsExactly(db.get(0), db.get(2));
        assertThat(repository.warned()).hasSize(2).allMatch(w -> w.contains("damaged-object"));
    }

    @Test
    void whatADamagedEntrySaidTheCommitSaysToo() {
        List<CatalogueEntry> db = chain("db", 3);
        damage(collector.snapshot(db.get(1)));
        for (int reading = 1; reading <= 2; reading++) {
            assertThat(catalogue.read().entries()).isEqualTo(db);
            assertThat(repository.warned()).hasSize(reading);
        }
    }

    private void damage(ObjectKey key) {
        memory.delete(key);
        memory.putIfAbsent(key, MemorySegment.ofArray(new byte[40]));
    }

    @Test
    void aDamagedCheckpointFails() {
        chain("db", 1);
        memory.putIfAbsent(CommitKeys.checkpoint(1), MemorySegment.ofArray(new byte[40]));
        assertThatThrownBy(catalogue::read)
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.CORRUPT));
    }

    @Test
    void passesOverNamesThatAreNotOurs() {
        List<CatalogueEntry> db = chain("db", 1);
        for (String name :
                List.of("s/readme", "s/x/open", "snap/readme", "snap/a/b", "cat/readme", "gc/x")) {
            memory.putIfAbsent(new ObjectKey(name), MemorySegment.ofArray(new byte[1]));
        }
        assertThat(catalogue.read().entries()).isEqualTo(db);
        assertThat(others.backup("db", Optional.of(db.getFirst()))).isNotNull();
    }

    @Test
    void anOutageIsAFailure() {
        chain("db", 1);
        store.next(Op.LIST, "snap-del/", Fault.UNAVAILABLE);
        assertThatThrownBy(catalogue::read)
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.UNAVAILABLE));
    }

    // ---- counters

    @Test
    void twoWritersAtOnceTakeTheSameCounterAndBothStand() {
        CatalogueEntry parent = others.backup("db");
        CatalogueEntry one = others.backup("db", Optional.of(parent));
        CatalogueEntry two = others.backup("db", Optional.of(parent));
        assertThat(one.counter()).isEqualTo(two.counter()).isEqualTo(2);

        CatalogueView view = catalogue.read();
        assertThat(view.entries()).containsExactly(parent, one, two);
        Lineage next = view.lineage(DB, view.latest(DB));
        assertThat(next.counter()).isEqualTo(3);
        assertThat(next.parent()).hasValue(two.snapshot());
        assertThat(next.parentDigest()).hasValue(EntryDigest.of(two));
        assertThat(repository.warned()).isEmpty();
    }

    @Test
    void countersGoOnWhenEverythingWasForgottenAndCollected() {
        chain("db", 3).forEach(this::forget);
        collector.collect();
        collector.collect();
        CatalogueView view = catalogue.read(DB);
        assertThat(view.entries()).isEmpty();
        assertThat(view.lineage(DB, Optional.empty()).counter()).isEqualTo(4);
        assertThat(repository.warned()).isEmpty();
    }

    @Test
    void noticesThatTheStoreWentBack() {
        List<CatalogueEntry> db = chain("db", 3);
        catalogue.read();
        CatalogueEntry last = db.getLast();
        memory.delete(collector.snapshot(last));
        memory.delete(CommitKeys.open(last.session()));
        memory.delete(CommitKeys.outcome(last.session()));
        catalogue.read();
        assertThat(repository.warned())
                .singleElement()
                .asString()
                .contains("rolled-back")
                .contains("volume db")
                .contains("newest=2 known=3");
    }

    @Test
    void noticesThatTheStoreForgotAVolume() {
        chain("db", 1).forEach(e -> {});
        catalogue.read(DB);
        wipe();
        catalogue.read(DB);
        assertThat(repository.warned()).singleElement().asString().contains("rolled-back");
        catalogue.read();
        assertThat(repository.warned()).hasSize(2);
        catalogue.read(new VolumeName("other"));
        assertThat(repository.warned()).hasSize(2);
    }

    private void wipe() {
        List<ObjectKey> keys = new ArrayList<>();
        new RecordStore(others).list("s", "", listed -> keys.add(listed.key()));
        keys.forEach(memory::delete);
    }

    @Test
    void noticesAGap() {
        List<CatalogueEntry> db = chain("db", 4);
        CatalogueEntry lost = db.get(1);
        memory.delete(collector.snapshot(lost));
        memory.delete(CommitKeys.open(lost.session()));
        catalogue.read();
        assertThat(repository.warned())
                .singleElement()
                .asString()
                .contains("missing-entry")
                .contains("[2]");
    }

    @Test
    void aForgottenSnapshotIsNoGap() {
        List<CatalogueEntry> db = chain("db", 4);
        forget(db.get(1));
        catalogue.read();
        collector.collect();
        collector.collect();
        catalogue.read();
        assertThat(repository.warned()).isEmpty();
    }

    // ---- moves

    @Test
    void followsMovesOfMoves() {
        PackName a = new PackName(new io.godwit.pack.PackId(new SessionId(0, 1, 1), 0), false);
        PackName b = new PackName(new io.godwit.pack.PackId(new SessionId(1, 2, 2), 0), false);
        PackName c = new PackName(new io.godwit.pack.PackId(new SessionId(2, 3, 3), 0), true);
        assertThat(PackMoves.read(repository).round()).isZero();
        assertThat(PackMoves.read(repository).targets(a.id())).isEmpty();
        List<List<PackMove>> rounds =
                List.of(
                        List.of(new PackMove(a, List.of(b))),
                        List.of(new PackMove(a, List.of(b)), new PackMove(b, List.of(c))));
        for (int round = 1; round <= 2; round++) {
            collector.put(
                    io.godwit.format.ObjectKind.INDEX_ROOT,
                    CommitKeys.indexRoot(round),
                    IndexRootFormat.encode(
                            new IndexRoot(
                                    round,
                                    Nonce.random(others.random()),
                                    0,
                                    List.of(),
                                    rounds.get(round - 1))));
        }
        PackMoves moves = PackMoves.read(repository);
        assertThat(moves.round()).isEqualTo(2);
        assertThat(moves.targets(a.id())).containsExactly(c);
        assertThat(moves.targets(b.id())).containsExactly(c);
        assertThat(moves.targets(c.id())).isEmpty();
    }

    // ---- names of snapshots

    @Test
    void resolvesIdsAndPrefixes() {
        CatalogueEntry entry = chain("db", 3).get(1);
        String id = entry.snapshot().toString();
        assertThat(catalogue.resolve(id)).isEqualTo(entry);
        assertThat(catalogue.resolve(id.substring(0, 8))).isEqualTo(entry);
        assertThat(catalogue.resolve(id.substring(0, 8).toUpperCase(java.util.Locale.ROOT)))
                .isEqualTo(entry);
    }

    @Test
    void resolvingAnIdFetchesOnlyWhatMatches() {
        CatalogueEntry entry = chain("db", 30).get(7);
        assertThat(catalogue.resolve(entry.snapshot().toString())).isEqualTo(entry);
        assertThat(store.count(Op.GET, ".*")).isEqualTo(1);
        assertThat(repository.warned()).isEmpty();
    }

    @Test
    void resolvesAnIdThatIsNotPublished() {
        CatalogueEntry entry = others.backup("db");
        memory.delete(collector.snapshot(entry));
        repository.readOnly();
        assertThat(catalogue.resolve(entry.snapshot().toString())).isEqualTo(entry);
    }

    @Test
    void refusesAnAmbiguousPrefix() {
        chain("db", 40);
        assertThatThrownBy(
                        () -> {
                            for (int digit = 0; digit < 16; digit++) {
                                catalogue.resolve(Integer.toHexString(digit));
                            }
                        })
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.INVALID))
                .satisfies(e -> assertThat(hint(e)).startsWith("give more digits"));
    }

    @Test
    void anIdComesBeforeAVolume() {
        CatalogueEntry entry = others.backup("db");
        String prefix = entry.snapshot().toString().substring(0, 6);
        others.backup(prefix);
        assertThat(catalogue.resolve(prefix)).isEqualTo(entry);
        assertThat(catalogue.resolve("latest:" + prefix).volume().value()).isEqualTo(prefix);
    }

    @Test
    void resolvesTheLatest() {
        List<CatalogueEntry> db = chain("db", 3);
        assertThat(catalogue.resolve("latest:db")).isEqualTo(db.getLast());
        assertThat(store.count(Op.GET, "snap/.*")).isEqualTo(3);
    }

    @Test
    void theLatestIsNotFromTheFarFuture() {
        CatalogueEntry now = others.backup("db");
        Instant ahead = TestRepository.START.plus(Duration.ofDays(2));
        CatalogueEntry future = commit(e -> Entries.counted(Entries.at(e, ahead), 2));
        CatalogueEntry near =
                commit(
                        e ->
                                Entries.counted(
                                        Entries.at(e, TestRepository.START.plusSeconds(3600)), 3));
        assertThat(catalogue.resolve("latest:db")).isEqualTo(near);
        assertThat(catalogue.resolve("db@2030-01-01T00:00Z")).isEqualTo(future);
        assertThat(catalogue.resolve("db@2026-11-22T10:00:00Z")).isEqualTo(now);
    }

    @Test
    void resolvesTimes() {
        List<CatalogueEntry> db = chain("db", 3);
        assertThat(catalogue.resolve("db@2026-11-22T10:00Z")).isEqualTo(db.get(0));
        assertThat(catalogue.resolve("db@2026-11-22T10:00:01Z")).isEqualTo(db.get(1));
        assertThat(catalogue.resolve("db@2026-11-22T10:00:01.999Z")).isEqualTo(db.get(1));
        assertThat(catalogue.resolve("db@2026-11-22T12:00+01:00")).isEqualTo(db.get(2));
    }

    @Test
    void resolvesVolumesWithAtSigns() {
        CatalogueEntry entry = others.backup("a@b");
        assertThat(catalogue.resolve("a@b@2026-11-22T10:00Z")).isEqualTo(entry);
        assertThat(catalogue.resolve("latest:a@b")).isEqualTo(entry);
    }

    @Test
    void ofEqualTimesTheLargerCounterIsNewer() {
        CatalogueEntry second = commit(e -> Entries.counted(e, 2));
        CatalogueEntry first = commit(e -> Entries.counted(e, 1));
        assertThat(first.time()).isEqualTo(second.time());
        assertThat(catalogue.resolve("latest:db")).isEqualTo(second);
    }

    @Test
    void hintsAtWhatCouldBeMeant() {
        List<CatalogueEntry> db = chain("db", 2);
        assertHint("latest:nothing", "volume nothing has no snapshot");
        assertHint("db@2020-01-01T00:00Z", "the oldest snapshot of volume db is of 2026-11-22");
        assertHint("db", "latest:VOLUME");
        assertHint("db@yesterday", "VOLUME@2026-11-22T10:00Z");
        assertHint("ffffffffffff", "godwit snapshots");
        forget(db.getFirst());
        assertHint(db.getFirst().snapshot().toString().substring(0, 10), "it was forgotten");
    }

    private void assertHint(String text, String hint) {
        assertThatThrownBy(() -> catalogue.resolve(text))
                .as(text)
                .hasMessage("no such snapshot: " + text)
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.NOT_FOUND))
                .satisfies(e -> assertThat(hint(e)).contains(hint));
    }
}
