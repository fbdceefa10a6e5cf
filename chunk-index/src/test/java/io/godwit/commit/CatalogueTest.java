package io.godwit.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.commit.ScriptedStore.Fault;
import io.godwit.commit.ScriptedStore.Op;
import io.godwit.error.FailureKind;
import io.godwit.pack.ChunkRef;
import io.godwit.store.ObjectKey;
import io.godwit.volume.VolumeKey;
import io.godwit.volume.VolumeName;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CatalogueTest extends CatalogueFixture {
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
}
