package io.godwit.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.commit.ScriptedStore.Fault;
import io.godwit.commit.ScriptedStore.Op;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.PackNames;
import io.godwit.store.MemoryStore;
import io.godwit.store.ObjectKey;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Uploads and ends of a session; [SessionStartTest] has W0 to W2, [SessionHeartbeatTest] W4.
final class SessionTest {
    private static final String OUTCOME = "s/.*/outcome";
    private static final String OPEN = "s/.*/open";
    private static final String SNAP = "snap/.*";

    private final MemoryStore memory = new MemoryStore();
    private final ScriptedStore store = new ScriptedStore(memory);
    private final TestRepository repository = new TestRepository(store, 1);
    private final TestCollector collector = new TestCollector(new TestRepository(memory, 2));

    private List<CatalogueEntry> visible() {
        return new Catalogue(repository.other(memory, 9).readOnly(), CatalogueMemory.none())
                .read()
                .entries();
    }

    private static FailureKind kind(Throwable failure) {
        assertThat(failure).isInstanceOf(GodwitException.class);
        return ((GodwitException) failure).kind();
    }

    /// A session that has everything but its commit.
    private Session ready(List<CatalogueEntry> entries) {
        Session session = repository.open();
        ChunkRef root = repository.upload(session);
        session.freeze();
        entries.add(repository.entry("db", session.id(), root));
        return session;
    }

    @Test
    void commitsWithFourPuts() {
        Session session = repository.open();
        ChunkRef root = repository.upload(session);
        session.freeze();
        CommitResult result = session.commit(List.of(repository.entry("db", session.id(), root)));

        assertThat(result.published()).isTrue();
        assertThat(store.count(Op.PUT, ".*")).isEqualTo(4);
        assertThat(store.log()).hasSizeLessThanOrEqualTo(7);
        assertThat(visible()).containsExactlyElementsOf(result.entries());
        assertThat(repository.warned()).isEmpty();
    }

    @Test
    void commitsSeveralVolumesAtOnce() {
        Session session = repository.open();
        ChunkRef root = repository.upload(session);
        session.freeze();
        List<SnapshotId> ids = session.newSnapshotIds(3);
        List<CatalogueEntry> entries = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            entries.add(Entries.renamed(repository.entry("v" + i, session.id(), root), ids.get(i)));
        }

        CommitResult result = session.commit(entries);

        assertThat(result.entries()).allMatch(entry -> entry.siblings() == 3);
        assertThat(visible()).containsExactlyElementsOf(result.entries());
        assertThat(store.count(Op.PUT, OUTCOME)).isEqualTo(1);
    }

    @Test
    void refusesToCommitUnfrozen() {
        Session session = repository.open();
        ChunkRef root = repository.upload(session);
        List<CatalogueEntry> entries = List.of(repository.entry("db", session.id(), root));

        assertThatThrownBy(() -> session.commit(entries))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("freeze()");
        assertThat(visible()).isEmpty();

        session.freeze();
        assertThat(session.commit(entries).entries()).hasSize(1);
    }

    @Test
    void refusesEntriesOfAnotherSession() {
        List<CatalogueEntry> entries = new ArrayList<>();
        Session session = ready(entries);
        Session other = repository.open();
        other.freeze();

        assertThatThrownBy(() -> other.commit(entries))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(session.commit(entries).entries()).hasSize(1);
    }

    @Test
    void refusesToWriteWhereItMayOnlyRead() {
        repository.readOnly();
        assertThatThrownBy(repository::open)
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.DENIED));
        assertThat(store.calls()).isZero();
    }

    // ---- packs

    @ParameterizedTest
    @EnumSource(Fault.class)
    void storesPacksWhateverHappensToTheirAnswers(Fault fault) {
        store.next(Op.PUT, "p/.*", fault);
        List<CatalogueEntry> entries = new ArrayList<>();
        Session session = ready(entries);
        session.commit(entries);

        assertThat(store.allUsed()).isTrue();
        PackId pack = entries.getFirst().root().record().pack();
        assertThat(memory.get(PackNames.key(pack, false), 100))
                .hasValueSatisfying(
                        bytes -> assertThat(bytes).asString().isEqualTo(pack.toString()));
        store.landLate();
        assertThat(visible()).hasSize(1);
    }

    @Test
    void refusesForeignBytesUnderItsName() {
        Session session = repository.open();
        PackId pack = session.nextPackId();
        memory.putIfAbsent(PackNames.key(pack, false), MemorySegment.ofArray(new byte[10]));

        assertThatThrownBy(() -> session.putPack(pack, false, MemorySegment.ofArray(new byte[11])))
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.CORRUPT));
        assertThatThrownBy(() -> session.putIndexSegment(new byte[1]))
                .hasMessageContaining("failed before");
        assertThatThrownBy(session::freeze).hasMessageContaining("failed before");
    }

    /// A store that answers 412 and shows nothing is not asked for ever.
    @Test
    void givesUpOnANameThatIsTakenAndShowsNothing() {
        Session session = repository.open();
        PackId pack = session.nextPackId();
        ObjectKey key = PackNames.key(pack, false);
        for (int i = 0; i < Register.ATTEMPTS; i++) {
            store.next(Op.PUT, "p/.*", Fault.EXISTS_BUT_MINE);
            store.after(Op.PUT, "p/.*", () -> memory.delete(key));
        }

        assertThatThrownBy(() -> session.putPack(pack, false, MemorySegment.ofArray(new byte[11])))
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.UNAVAILABLE))
                .hasMessageContaining("does not show it: object=" + key);
        assertThat(store.allUsed()).isTrue();
    }

    @Test
    void takesItsOwnBytesUnderItsName() {
        Session session = repository.open();
        PackId pack = session.nextPackId();
        byte[] content = new byte[3 << 20];
        content[2 << 20] = 1;
        memory.putIfAbsent(PackNames.key(pack, false), MemorySegment.ofArray(content));

        session.putPack(pack, false, MemorySegment.ofArray(content));
        session.freeze();
        assertThat(session.owns(pack)).isTrue();
    }

    @Test
    void namesForeignPacksThatAreGone() {
        CatalogueEntry there = repository.backup("a");
        Session session = repository.open();
        PackId gone = new PackId(there.session(), 77);
        PackId own = session.nextPackId();

        assertThat(session.checkForeignPacks(Set.of(there.root().record().pack(), gone, own)))
                .containsExactly(gone);
    }

    // ---- W7

    @ParameterizedTest
    @EnumSource(Fault.class)
    void commitsWhateverHappensToTheAnswer(Fault fault) {
        store.next(Op.PUT, OUTCOME, fault);
        List<CatalogueEntry> entries = new ArrayList<>();
        CommitResult result = ready(entries).commit(entries);

        assertThat(store.allUsed()).isTrue();
        store.landLate();
        assertThat(visible()).containsExactlyElementsOf(result.entries());
    }

    @Test
    void isFencedWhenSomebodyWasFirst() {
        List<CatalogueEntry> entries = new ArrayList<>();
        Session session = ready(entries);
        collector.fence(session.id());

        assertThatThrownBy(() -> session.commit(entries))
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.FENCED))
                .hasMessageContaining("overdue");
        assertThat(session.fenced()).isTrue();
        assertThat(visible()).isEmpty();
        assertThatThrownBy(() -> session.putIndexSegment(new byte[1]))
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.FENCED));
    }

    @Test
    void isFencedWhenItsCommitLandsAfterCleanUp() {
        List<CatalogueEntry> entries = new ArrayList<>();
        Session session = ready(entries);
        collector.fence(session.id());
        collector.cleanUp(session.id());

        assertThatThrownBy(() -> session.commit(entries))
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.FENCED));
        assertThat(memory.get(CommitKeys.outcome(session.id()), 1 << 20)).isPresent();
        assertThat(visible()).isEmpty();
    }

    @Test
    void findsItsCommitAfterCleanUpInSnap() {
        List<CatalogueEntry> entries = new ArrayList<>();
        Session session = ready(entries);
        store.next(Op.PUT, OUTCOME, Fault.REPLY_LOST)
                .before(
                        Op.GET,
                        OUTCOME,
                        () -> {
                            new Catalogue(repository.other(memory, 5), CatalogueMemory.none())
                                    .read();
                            collector.cleanUp(session.id());
                        });

        assertThat(session.commit(entries).published()).isTrue();
        assertThat(visible()).hasSize(1);
    }

    @Test
    void anAbortThatLandsAfterCleanUpMeansNothing() {
        List<CatalogueEntry> entries = new ArrayList<>();
        Session session = ready(entries);
        store.next(Op.PUT, OUTCOME, Fault.REPLY_LOST)
                .before(
                        Op.GET,
                        OUTCOME,
                        () -> {
                            collector.collect();
                            collector.fence(session.id());
                        });

        assertThat(session.commit(entries).published()).isTrue();
        assertThat(visible()).hasSize(1);
    }

    @Test
    void findsItsCommitAfterCleanUpInTheCheckpoint() {
        List<CatalogueEntry> entries = new ArrayList<>();
        Session session = ready(entries);
        store.next(Op.PUT, OUTCOME, Fault.REPLY_LOST).before(Op.GET, OUTCOME, collector::collect);

        assertThat(session.commit(entries).published()).isTrue();
        assertThat(visible()).hasSize(1);
        List<String> left = new ArrayList<>();
        new RecordStore(new TestRepository(memory, 1))
                .list("snap", "", listed -> left.add(listed.key().value()));
        assertThat(left).isEmpty();
    }

    @Test
    void saysThatItDoesNotKnow() {
        List<CatalogueEntry> entries = new ArrayList<>();
        Session session = ready(entries);
        for (int i = 0; i < Register.ATTEMPTS; i++) {
            store.next(Op.PUT, OUTCOME, Fault.LATE);
        }
        assertThatThrownBy(() -> session.commit(entries))
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.INDETERMINATE));
        assertThatThrownBy(session::freeze)
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.INDETERMINATE));
        assertThat(visible()).isEmpty();

        session.abort();
        store.landLate();
        assertThat(visible()).isEmpty();
        assertThatThrownBy(session::freeze).hasMessageContaining("aborted");
    }

    @Test
    void abortFindsOutThatItHadCommitted() {
        List<CatalogueEntry> entries = new ArrayList<>();
        Session session = ready(entries);
        for (int i = 0; i < Register.ATTEMPTS; i++) {
            store.next(Op.PUT, OUTCOME, Fault.LATE);
        }
        assertThatThrownBy(() -> session.commit(entries)).isInstanceOf(GodwitException.class);

        store.landLate();
        session.abort();
        assertThat(visible()).hasSize(1);
        assertThatThrownBy(session::freeze).hasMessageContaining("state=COMMITTED");
    }

    @Test
    void saysThatItDoesNotKnowWhenOpenCannotBeRead() {
        List<CatalogueEntry> entries = new ArrayList<>();
        Session session = ready(entries);
        store.next(Op.READ, OPEN, Fault.UNAVAILABLE);

        assertThatThrownBy(() -> session.commit(entries))
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.INDETERMINATE));
        assertThat(visible()).hasSize(1);
    }

    @Test
    void saysThatNothingHappenedWhenTheStoreTakesNothing() {
        List<CatalogueEntry> entries = new ArrayList<>();
        Session session = ready(entries);
        for (int i = 0; i < Register.ATTEMPTS; i++) {
            store.next(Op.PUT, OUTCOME, Fault.UNAVAILABLE);
        }
        assertThatThrownBy(() -> session.commit(entries))
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.UNAVAILABLE));
        session.abort();
        assertThat(visible()).isEmpty();
    }

    // ---- W8

    @ParameterizedTest
    @EnumSource(Fault.class)
    void publishesWhateverHappensToTheAnswer(Fault fault) {
        store.next(Op.PUT, SNAP, fault);
        List<CatalogueEntry> entries = new ArrayList<>();
        CommitResult result = ready(entries).commit(entries);

        assertThat(result.published()).isTrue();
        assertThat(store.count(Op.PUT, SNAP)).isEqualTo(fault == Fault.EXISTS_BUT_MINE ? 1 : 2);
        store.landLate();
        assertThat(visible()).hasSize(1);
    }

    @Test
    void isCommittedEvenWhenTheEntryCannotBePublished() {
        for (int i = 0; i < 3; i++) {
            store.next(Op.PUT, SNAP, Fault.UNAVAILABLE);
        }
        List<CatalogueEntry> entries = new ArrayList<>();
        CommitResult result = ready(entries).commit(entries);

        assertThat(result.published()).isFalse();
        assertThat(repository.warned()).singleElement().asString().contains("entry-not-published");
        assertThat(visible()).hasSize(1);
        assertThat(memory.get(collector.snapshot(result.entries().getFirst()), 1 << 16)).isEmpty();

        new Catalogue(repository, CatalogueMemory.none()).read();
        assertThat(memory.get(collector.snapshot(result.entries().getFirst()), 1 << 16))
                .isPresent();
    }

    // ---- abort

    @Test
    void abortDecides() {
        List<CatalogueEntry> entries = new ArrayList<>();
        Session session = ready(entries);
        session.abort("told to stop");
        session.abort();

        assertThat(store.count(Op.PUT, OUTCOME)).isEqualTo(1);
        assertThatThrownBy(() -> session.commit(entries))
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.INTERRUPTED))
                .hasMessageContaining("told to stop");
        assertThat(visible()).isEmpty();
    }

    @Test
    void abortDuringTheCommitFencesIt() {
        List<CatalogueEntry> entries = new ArrayList<>();
        Session session = ready(entries);
        store.before(Op.PUT, OUTCOME, session::abort);

        assertThatThrownBy(() -> session.commit(entries))
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.FENCED));
        assertThat(visible()).isEmpty();
    }

    @Test
    void abortAfterTheDecisionChangesNothing() {
        List<CatalogueEntry> entries = new ArrayList<>();
        Session session = ready(entries);
        store.after(Op.PUT, OUTCOME, session::abort);

        assertThat(session.commit(entries).entries()).hasSize(1);
        assertThat(visible()).hasSize(1);
    }

    @Test
    void abortNeverThrowsWhatAStoreFailsWith() {
        List<CatalogueEntry> entries = new ArrayList<>();
        Session session = ready(entries);
        for (int i = 0; i < 3; i++) {
            store.next(Op.PUT, OUTCOME, Fault.UNAVAILABLE);
        }
        session.close();
        assertThat(repository.warned()).singleElement().asString().contains("not-aborted");

        session.close();
        assertThat(repository.warned()).hasSize(1);
        assertThat(visible()).isEmpty();
    }

    @Test
    void closingAfterTheCommitChangesNothing() {
        List<CatalogueEntry> entries = new ArrayList<>();
        try (Session session = ready(entries)) {
            session.commit(entries);
        }
        assertThat(store.count(Op.PUT, OUTCOME)).isEqualTo(1);
        assertThat(visible()).hasSize(1);
    }
}
