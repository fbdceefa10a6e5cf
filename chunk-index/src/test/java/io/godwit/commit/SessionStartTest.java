package io.godwit.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.commit.ScriptedStore.Fault;
import io.godwit.commit.ScriptedStore.Op;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackId;
import io.godwit.pack.SessionId;
import io.godwit.store.MemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// W0 to W2.
final class SessionStartTest {
    private static final String OPEN = "s/.*/open";
    private static final PackId A = pack(0, 1);
    private static final PackId B = pack(0, 2);

    private final MemoryStore memory = new MemoryStore();
    private final ScriptedStore store = new ScriptedStore(memory);
    private final TestRepository repository = new TestRepository(store, 1);
    private final TestRepository others = new TestRepository(memory, 2);
    private final TestCollector collector = new TestCollector(others);
    private final Index index = new Index();

    private static PackId pack(long plan, int counter) {
        return new PackId(new SessionId(plan, 77, 7), counter);
    }

    /// Remembers what W0 told it.
    private static final class Index implements CollectedPacks {
        long watermark;
        final SortedMap<Long, Set<PackId>> swept = new TreeMap<>();
        Set<PackId> condemned = Set.of();
        long newest = -1;
        boolean discarded;

        @Override
        public long watermark() {
            return watermark;
        }

        @Override
        public void bringTo(
                long newestPlan, SortedMap<Long, Set<PackId>> sweeps, Set<PackId> packs) {
            discarded |= watermark > newestPlan;
            newest = newestPlan;
            swept.putAll(sweeps);
            watermark = sweeps.isEmpty() ? Math.min(watermark, newestPlan) : sweeps.lastKey();
            condemned = packs;
        }
    }

    private Session open() {
        return Session.open(
                repository, SessionRequest.of("test").withIndex(index, CondemnedListener.none()));
    }

    private List<SessionId> sessions(String part) {
        List<SessionId> found = new ArrayList<>();
        new RecordStore(others)
                .list(
                        "s/",
                        "",
                        listed ->
                                CommitKeys.session(listed.key())
                                        .filter(object -> object.part().equals(part))
                                        .ifPresent(object -> found.add(object.session())));
        return found;
    }

    private static List<PackName> names(PackId... packs) {
        List<PackName> names = new ArrayList<>();
        for (PackId pack : packs) {
            names.add(new PackName(pack, false));
        }
        return names;
    }

    // ---- W0

    @Test
    void startsFromNothing() {
        Session session = open();
        assertThat(session.id().plan()).isZero();
        assertThat(index.newest).isZero();
        assertThat(store.log())
                .containsExactly("LIST gc/", "PUT s/" + session.id() + "/open", "LIST gc/");
    }

    @Test
    void appliesSweepsAndMarksWhatIsUndecided() {
        collector.plan(1, names(A));
        collector.sweep(1, names(A));
        collector.plan(2, names(B));

        Session session = open();

        assertThat(session.id().plan()).isEqualTo(2);
        assertThat(session.acknowledgedPlan()).isEqualTo(2);
        assertThat(index.swept).containsExactly(java.util.Map.entry(1L, Set.of(A)));
        assertThat(index.condemned).containsExactly(B);
        assertThat(index.watermark).isEqualTo(1);
    }

    @Test
    void readsOnlyWhatIsAboveTheWatermark() {
        collector.plan(1, names(A));
        collector.sweep(1, names(A));
        collector.plan(2, names(B));
        collector.sweep(2, names());
        index.watermark = 1;

        open();

        assertThat(index.swept.keySet()).containsExactly(2L);
        assertThat(store.count(Op.GET, "gc/0000000000000001/.*")).isZero();
        assertThat(index.discarded).isFalse();
    }

    @Test
    void anIndexThatKnowsMoreThanTheStoreStartsAnew() {
        collector.plan(1, names(A));
        collector.sweep(1, names(A));
        index.watermark = 5;

        open();

        assertThat(index.discarded).isTrue();
        assertThat(index.swept.keySet()).containsExactly(1L);
    }

    @Test
    void theWatermarkPassesNoUndecidedRound() {
        collector.plan(1, names(A));
        collector.plan(2, names(B));
        collector.sweep(2, names(B));

        open();

        assertThat(index.swept).isEmpty();
        assertThat(index.condemned).containsExactlyInAnyOrder(A, B);
    }

    // ---- W1

    @Test
    void aLostAnswerIsReadBack() {
        store.next(Op.PUT, OPEN, Fault.REPLY_LOST);
        Session session = open();
        assertThat(sessions("open")).containsExactly(session.id());
        assertThat(sessions("outcome")).isEmpty();
        assertThat(store.count(Op.PUT, OPEN)).isEqualTo(1);
    }

    @Test
    void anotherAnswerThanCreatedIsReadBack() {
        store.next(Op.PUT, OPEN, Fault.EXISTS_BUT_MINE);
        Session session = open();
        assertThat(sessions("open")).containsExactly(session.id());
        assertThat(store.count(Op.PUT, OPEN)).isEqualTo(1);
    }

    @Test
    void aLostOpenIsNeverSentAgain() {
        store.next(Op.PUT, OPEN, Fault.LATE);
        Session session = open();

        List<String> sent =
                store.log().stream().filter(line -> line.matches("PUT s/.*/open")).toList();
        assertThat(sent).hasSize(2).doesNotHaveDuplicates();
        assertThat(sessions("open")).containsExactly(session.id());

        // Were it to land now, nobody would have to wait for it.
        store.landLate();
        assertThat(sessions("open")).hasSize(2);
        assertThat(sessions("outcome")).singleElement().isNotEqualTo(session.id());
        assertThat(collector.waitingFor(1)).containsExactly(session.id());
    }

    @Test
    void aRefusedOpenIsNeverSentAgain() {
        store.next(Op.PUT, OPEN, Fault.UNAVAILABLE);
        Session session = open();
        List<String> sent =
                store.log().stream().filter(line -> line.matches("PUT s/.*/open")).toList();
        assertThat(sent).hasSize(2).doesNotHaveDuplicates();
        assertThat(sessions("open")).containsExactly(session.id());
        assertThat(sessions("outcome")).isEmpty();
    }

    @Test
    void readingBackIsTriedAgain() {
        store.next(Op.PUT, OPEN, Fault.REPLY_LOST)
                .next(Op.GET, OPEN, Fault.UNAVAILABLE)
                .next(Op.GET, OPEN, Fault.UNAVAILABLE);
        Session session = open();
        assertThat(sessions("open")).containsExactly(session.id());
        assertThat(store.count(Op.PUT, OPEN)).isEqualTo(1);
    }

    @Test
    void givesUpWhenNothingCanBeRead() {
        store.next(Op.PUT, OPEN, Fault.REPLY_LOST);
        for (int i = 0; i < Register.ATTEMPTS; i++) {
            store.next(Op.GET, OPEN, Fault.UNAVAILABLE);
        }
        assertThatThrownBy(this::open)
                .satisfies(
                        e ->
                                assertThat(((GodwitException) e).kind())
                                        .isEqualTo(FailureKind.UNAVAILABLE));
        assertThat(sessions("outcome")).isEqualTo(sessions("open")).hasSize(1);
    }

    @Test
    void givesUpAfterManyLostOnes() {
        for (int i = 0; i < 100; i++) {
            store.next(Op.PUT, OPEN, Fault.UNAVAILABLE);
        }
        assertThatThrownBy(this::open)
                .satisfies(
                        e ->
                                assertThat(((GodwitException) e).kind())
                                        .isEqualTo(FailureKind.UNAVAILABLE));
        assertThat(store.count(Op.PUT, OPEN)).isEqualTo(16);
    }

    // ---- W2

    @Test
    void abandonsItsSidWhenAPlanAppears() {
        store.after(Op.PUT, OPEN, () -> collector.plan(1, names(A)));

        Session session = open();

        assertThat(session.id().plan()).isEqualTo(1);
        assertThat(sessions("open")).hasSize(2);
        assertThat(sessions("outcome"))
                .singleElement()
                .satisfies(sid -> assertThat(sid.plan()).isZero());
        assertThat(index.condemned).containsExactly(A);
        assertThat(collector.waitingFor(1)).isEmpty();
    }

    @Test
    void aPlanBeforeOpenIsAPlanThatAppears() {
        store.before(Op.PUT, OPEN, () -> collector.plan(1, names(A)));
        Session session = open();
        assertThat(session.id().plan()).isEqualTo(1);
        assertThat(session.acknowledgedPlan()).isEqualTo(1);
        assertThat(sessions("outcome")).hasSize(1);
    }

    @Test
    void aFailureDuringTheChecksAborts() {
        CatalogueEntry parent = others.backup("db");
        store.next(Op.READ, "snap-del/.*", Fault.UNAVAILABLE);
        assertThatThrownBy(() -> openWith(parent)).isInstanceOf(GodwitException.class);
        assertThat(sessions("open")).hasSize(2);
        assertThat(sessions("outcome")).containsAll(sessions("open"));
    }

    // ---- pins

    private Session openWith(CatalogueEntry parent) {
        return Session.open(repository, SessionRequest.of("test").withPins(List.of(parent)));
    }

    @Test
    void pinsAParentThatStands() {
        CatalogueEntry parent = others.backup("db");
        Session session = openWith(parent);
        assertThat(session.pinned(parent.snapshot())).isTrue();
        assertThat(repository.warned()).isEmpty();

        List<String> log = store.log();
        int after = log.indexOf("PUT s/" + session.id() + "/open");
        assertThat(log.subList(after + 1, log.size()))
                .extracting(line -> line.replaceAll("[0-9a-f]{16}.*", "*"))
                .startsWith("LIST gc/")
                .endsWith("LIST cat/");
        assertThat(log.subList(after + 2, log.size()).getFirst()).startsWith("READ snap-del/");
    }

    @Test
    void keepsItsPinnedPacksFromACollector() {
        CatalogueEntry parent = others.backup("db");
        Session session = openWith(parent);
        others.advance(java.time.Duration.ofSeconds(1));
        others.backup("db", java.util.Optional.of(parent));
        new Forgetting(others, new Catalogue(others, CatalogueMemory.none()))
                .forget(List.of(parent.snapshot().toString()), Forgetting.Options.BY_ID);

        long round = collector.begin();
        assertThat(new CollectionRecords(others).plan(round).orElseThrow().condemned()).isEmpty();
        assertThat(collector.waitingFor(round)).containsExactly(session.id());
    }

    @Test
    void dropsAParentThatWasForgotten() {
        CatalogueEntry parent = others.backup("db");
        store.before(Op.PUT, OPEN, () -> forget(parent));
        Session session = openWith(parent);
        assertThat(session.pinned(parent.snapshot())).isFalse();
        assertThat(repository.warned()).singleElement().asString().contains("pin-dropped");
    }

    @Test
    void dropsAParentThatWasForgottenAndCollected() {
        CatalogueEntry parent = others.backup("db");
        store.before(
                Op.PUT,
                OPEN,
                () -> {
                    forget(parent);
                    collector.collect();
                    collector.collect();
                    memory.delete(
                            CommitKeys.tombstone(
                                    others.keyOf(parent.volume()),
                                    parent.time(),
                                    parent.snapshot()));
                });
        Session session = openWith(parent);
        assertThat(session.pinned(parent.snapshot())).isFalse();
    }

    @Test
    void findsAParentThatStandsInTheCheckpointOnly() {
        CatalogueEntry parent = others.backup("db");
        collector.collect();
        collector.collect();
        assertThat(memory.get(collector.snapshot(parent), 1 << 16)).isEmpty();
        assertThat(openWith(parent).pinned(parent.snapshot())).isTrue();
    }

    @Test
    void whatStandsInSnapBelowTheFloorDoesNotCount() {
        CatalogueEntry parent = others.backup("db");
        collector.checkpoint(1, 1, CheckpointSegment.EMPTY);
        assertThat(openWith(parent).pinned(parent.snapshot())).isFalse();
    }

    @Test
    void findsAParentThatIsCommittedAndNotPublished() {
        CatalogueEntry parent = others.backup("db");
        memory.delete(collector.snapshot(parent));
        assertThat(openWith(parent).pinned(parent.snapshot())).isTrue();
    }

    @Test
    void aVoidCommitIsNoParent() {
        CatalogueEntry parent = others.backup("db");
        memory.delete(collector.snapshot(parent));
        memory.delete(CommitKeys.open(parent.session()));
        assertThat(openWith(parent).pinned(parent.snapshot())).isFalse();
    }

    private void forget(CatalogueEntry entry) {
        new Forgetting(others, new Catalogue(others, CatalogueMemory.none()))
                .forget(
                        List.of(entry.snapshot().toString()),
                        new Forgetting.Options(true, false, "test"));
    }

    // ---- adoption

    private Session adopting(SessionId dead) {
        return Session.open(repository, SessionRequest.of("test").withAdopted(List.of(dead)));
    }

    @Test
    void adoptsTheDead() {
        Session dead = others.open();
        PackId left = others.upload(dead).record().pack();
        Session session = adopting(dead.id());
        assertThat(session.adopted()).containsExactly(dead.id());
        assertThat(session.owns(left)).isTrue();

        dead.abort();
        long round = collector.begin();
        assertThat(new CollectionRecords(others).plan(round).orElseThrow().condemned()).isEmpty();
    }

    @Test
    void doesNotAdoptWhatIsCondemned() {
        Session dead = others.open();
        PackId left = others.upload(dead).record().pack();
        collector.plan(1, names(left));
        Session session = adopting(dead.id());
        assertThat(session.adopted()).isEmpty();
        assertThat(session.owns(left)).isFalse();
        assertThat(repository.warned()).singleElement().asString().contains("condemned");
    }

    @Test
    void doesNotAdoptWhatIsSwept() {
        Session dead = others.open();
        PackId left = others.upload(dead).record().pack();
        collector.plan(1, names(left));
        collector.sweep(1, names(left));
        assertThat(adopting(dead.id()).adopted()).isEmpty();
    }

    @Test
    void adoptsWhatWasCondemnedAndSpared() {
        Session dead = others.open();
        PackId left = others.upload(dead).record().pack();
        collector.plan(1, names(left));
        collector.sweep(1, names());
        assertThat(adopting(dead.id()).adopted()).containsExactly(dead.id());
    }
}
