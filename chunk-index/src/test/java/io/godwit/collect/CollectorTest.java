package io.godwit.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CommitKeys;
import io.godwit.commit.HostIdentity;
import io.godwit.commit.Session;
import io.godwit.commit.SessionRequest;
import io.godwit.commit.TestRepository;
import io.godwit.commit.TestRounds;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.store.ObjectKey;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class CollectorTest extends CollectorFixture {
    private static FailureKind kind(Throwable e) {
        return ((GodwitException) e).kind();
    }

    @Test
    void anEmptyRepositoryHasNothingToCollect() {
        assertThat(collect()).isEqualTo(new CollectionResult(0, 0, 0, 0, 0, 0, 0, 0));
        assertThat(names("")).isEmpty();
    }

    @Test
    void whatWasForgottenGoesAndTheRestStays() {
        CatalogueEntry first = writers.backup("db");
        CatalogueEntry second = writers.backup("db", Optional.of(first));
        CatalogueEntry other = writers.backup("mail");
        forget(first);

        CollectionResult result = collect();
        assertThat(result.generation()).isEqualTo(1);
        assertThat(result.listedPacks()).isEqualTo(3);
        assertThat(result.condemnedPacks()).isEqualTo(1);
        assertThat(result.deletedPacks()).isEqualTo(1);
        assertThat(result.freedBytes()).isEqualTo(first.root().record().pack().toString().length());
        assertThat(stored(first)).isFalse();
        assertThat(live()).containsExactlyInAnyOrder(second.snapshot(), other.snapshot());
        assertThat(view().forgotten()).isEmpty();
        requireReadable();
        assertThat(names("s/")).isEmpty();
        assertThat(names("snap")).isEmpty();
        assertThat(names("cat/")).containsExactly(CommitKeys.checkpoint(1).value());
        assertThat(view().lineage(second.volume(), Optional.empty()).counter())
                .as("counters go on")
                .isEqualTo(3);
    }

    @Test
    void aSecondCollectionDoesNothing() {
        forget(writers.backup("db"));
        collect();
        var before = names("");

        assertThat(collect()).isEqualTo(new CollectionResult(1, 0, 0, 0, 0, 0, 0, 0));
        assertThat(names("")).isEqualTo(before);
    }

    @Test
    void aVolumeOfWhichNothingIsLeftKeepsItsCounter() {
        CatalogueEntry only = writers.backup("db");
        forget(only);
        collect();
        writers.backup("mail");
        collect();

        assertThat(live()).hasSize(1);
        assertThat(view().lineage(only.volume(), Optional.empty()).counter()).isEqualTo(2);
    }

    @Test
    void whatAnAbortedSessionLeftGoes() {
        Session session = writers.open();
        PackId pack = writers.upload(session).record().pack();
        session.close();

        assertThat(collect().deletedPacks()).isEqualTo(1);
        assertThat(stored(pack)).isFalse();
        assertThat(names("s/")).isEmpty();
    }

    @Test
    void whatAnOpenSessionHasStoredStays() {
        CatalogueEntry done = writers.backup("db");
        collect();
        Session session = writers.open();
        ChunkRef root = writers.upload(session);

        CollectionResult result = collectWhile(session::heartbeat);
        assertThat(result.generation()).as("a round finds out that it lives").isEqualTo(2);
        assertThat(result.pendingSessions()).isEqualTo(1);
        forget(done);
        CollectionResult next = collectWhile(session::heartbeat);
        assertThat(next.deletedPacks()).isEqualTo(1);
        assertThat(next.waitedForSessions()).isEqualTo(1);
        assertThat(next.pendingSessions()).isEqualTo(1);
        session.freeze();
        session.commit(List.of(writers.entry("db", session.id(), root)));
        assertThat(live()).hasSize(1);
        requireReadable();
        collect();
        requireReadable();
    }

    /// A collection in whose pauses something happens.
    private CollectionResult collectWhile(Runnable during) {
        WatchedStore watched =
                new WatchedStore(
                        memory,
                        new WatchedStore.Watcher() {
                            @Override
                            public void behind(int number, String call) {
                                if (call.equals("LIST s/")) {
                                    during.run();
                                }
                            }
                        });
        return collect(watched, 31);
    }

    @Test
    void aPinKeepsASnapshotThatWasForgotten() {
        CatalogueEntry base = writers.backup("db");
        writers.backup("db", Optional.of(base));
        Session session = Session.open(writers, SessionRequest.of("test").withPins(List.of(base)));
        assertThat(session.pinned(base.snapshot())).isTrue();
        forget(base);

        collectWhile(session::heartbeat);
        assertThat(stored(base)).isTrue();
        session.close();
        collect();
        assertThat(stored(base)).isFalse();
        requireReadable();
    }

    @Test
    void adoptedPacksAreHeldByTheirAdopter() {
        CatalogueEntry old = writers.backup("db");
        Session dead = writers.open();
        ChunkRef chunk = writers.upload(dead);
        Session adopter =
                Session.open(writers, SessionRequest.of("test").withAdopted(List.of(dead.id())));
        dead.close();
        forget(old);

        collectWhile(adopter::heartbeat);
        assertThat(stored(old)).isFalse();
        assertThat(stored(chunk.record().pack())).isTrue();
        adopter.freeze();
        adopter.commit(List.of(writers.entry("db", adopter.id(), chunk)));
        collect();
        assertThat(live()).hasSize(1);
        requireReadable();
    }

    /// What its re-check has dropped, a session may still have announced: that is no reason to take
    /// a sweep for wrong.
    @Test
    void anAnnouncementFromAfterThePlanDoesNotContradictTheSweep() {
        CatalogueEntry old = writers.backup("db");
        forget(old);
        TestRounds rounds = new TestRounds(writers);
        rounds.plan(1, old.root().record().pack());
        rounds.sweep(1, old.root().record().pack());
        Session late = Session.open(writers, SessionRequest.of("test").withPins(List.of(old)));
        assertThat(late.pinned(old.snapshot())).isFalse();

        assertThat(collect().deletedPacks()).isEqualTo(1);
        assertThat(stored(old)).isFalse();
        late.close();
    }

    @Test
    void aSessionThatCannotBeReadIsGivenUp() {
        forget(writers.backup("db"));
        Session session = writers.open();
        memory.delete(CommitKeys.open(session.id()));
        memory.putIfAbsent(CommitKeys.open(session.id()), MemorySegment.ofArray(new byte[100]));
        TestRepository leader = node(memory, 5);

        assertThat(collector(leader, rootsOf(memory)).collect().deletedPacks()).isEqualTo(1);
        assertThat(leader.warned()).anyMatch(text -> text.contains("announcement"));
        assertThat(names("s/")).isEmpty();
    }

    @Test
    void aSessionThatNeverAnswersIsGivenUp() {
        forget(writers.backup("db"));
        Session session = writers.open();
        ChunkRef root = writers.upload(session);
        TestRepository leader = node(memory, 5);

        CollectionResult result = collector(leader, rootsOf(memory)).collect();
        assertThat(result.fencedSessions()).isEqualTo(1);
        assertThat(result.waitedForSessions()).isZero();
        assertThat(result.pendingSessions()).isZero();
        assertThat(leader.clock().instant())
                .isBetween(
                        writers.clock().instant().plus(FENCE_AFTER),
                        writers.clock().instant().plus(FENCE_AFTER).plusSeconds(5));
        session.freeze();
        assertThatThrownBy(() -> session.commit(List.of(writers.entry("db", session.id(), root))))
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.FENCED));
        assertThat(live()).isEmpty();
        assertThat(collect().deletedPacks()).isEqualTo(1);
        assertThat(names("s/")).isEmpty();
        assertThat(names("p/")).isEmpty();
    }

    @Test
    void aSessionWhoseProcessIsGoneIsGivenUpAtOnce() {
        forget(writers.backup("db"));
        TestRepository dead = node(memory, 8).withHost(new HostIdentity("host-1", "boot-1", 7, 70));
        dead.open();
        TestRepository leader = node(memory, 5);
        CollectionSettings settings =
                new CollectionSettings(
                        new CollectionRequest(false, false, FENCE_AFTER),
                        () -> rootsOf(memory),
                        (pid, _) -> pid != 7,
                        () -> 0L,
                        _ -> {});

        assertThat(new Collector(leader, catalogue(leader), settings).collect().fencedSessions())
                .isEqualTo(1);
        assertThat(leader.clock().instant()).isEqualTo(writers.clock().instant());
    }

    @Test
    void aCommitThatIsFasterThanTheFenceCounts() {
        CatalogueEntry old = writers.backup("db");
        forget(old);
        Session session = writers.open();
        ChunkRef root = writers.upload(session);
        session.freeze();
        List<CatalogueEntry> committed = new ArrayList<>();
        WatchedStore watched =
                new WatchedStore(
                        memory,
                        new WatchedStore.Watcher() {
                            @Override
                            public void before(int number, String call) {
                                if (call.equals("PUT " + CommitKeys.outcome(session.id()))) {
                                    committed.addAll(
                                            session.commit(
                                                            List.of(
                                                                    writers.entry(
                                                                            "db",
                                                                            session.id(),
                                                                            root)))
                                                    .entries());
                                }
                            }
                        });

        CollectionResult result = collect(watched, 5);
        assertThat(result.fencedSessions()).isZero();
        assertThat(live()).containsExactly(committed.getFirst().snapshot());
        requireReadable();
    }

    @Test
    void aReferenceFromBeforeTheAnswerSparesThePack() {
        CatalogueEntry old = writers.backup("db");
        Session session = writers.open();
        forget(old);
        session.freeze();
        WatchedStore watched =
                new WatchedStore(
                        memory,
                        new WatchedStore.Watcher() {
                            @Override
                            public void behind(int number, String call) {
                                if (call.endsWith("/plan")) {
                                    session.commit(
                                            List.of(
                                                    writers.entry(
                                                            "mail", session.id(), old.root())));
                                }
                            }
                        });

        CollectionResult result = collect(watched, 5);
        assertThat(result.condemnedPacks()).isEqualTo(1);
        assertThat(result.deletedPacks()).isZero();
        assertThat(live()).hasSize(1);
        requireReadable();
    }

    /// A snapshot that names a condemned pack is committed before the plan is answered, pinned by a
    /// session that knows of the plan, and forgotten while the roots are read again.
    @Test
    void aPinThatWasReCheckedBeforeATombstoneLandedHolds() {
        CatalogueEntry old = writers.backup("db");
        Session session = writers.open();
        forget(old);
        session.freeze();
        List<Session> pinning = new ArrayList<>();
        List<CatalogueEntry> between = new ArrayList<>();
        int[] listings = new int[1];
        WatchedStore watched =
                new WatchedStore(
                        memory,
                        new WatchedStore.Watcher() {
                            @Override
                            public void behind(int number, String call) {
                                if (call.startsWith("PUT") && call.endsWith("/plan")) {
                                    between.addAll(
                                            session.commit(
                                                            List.of(
                                                                    writers.entry(
                                                                            "mail",
                                                                            session.id(),
                                                                            old.root())))
                                                    .entries());
                                } else if (!between.isEmpty() && call.equals("LIST s/")) {
                                    if (++listings[0] == 2) {
                                        pin();
                                    }
                                }
                            }

                            private void pin() {
                                pinning.add(
                                        Session.open(
                                                writers,
                                                SessionRequest.of("test").withPins(between)));
                                forget(between.getFirst());
                            }
                        });

        collect(watched, 5);
        assertThat(pinning).hasSize(1);
        assertThat(pinning.getFirst().pinned(between.getFirst().snapshot())).isTrue();
        assertThat(stored(old)).as("the pin holds it").isTrue();
    }

    @Test
    void aDamagedSnapshotStopsEverything() {
        CatalogueEntry whole = writers.backup("db");
        CatalogueEntry damaged = writers.backup("mail");
        forget(whole);
        memory.delete(io.godwit.pack.PackNames.key(damaged.root().record().pack(), false));
        var before = names("");

        assertThatThrownBy(this::collect)
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.CORRUPT))
                .hasMessageContaining("snapshot=" + damaged.snapshot())
                .hasMessageContaining("volume=mail");
        assertThat(names("")).isEqualTo(before);
    }

    @Test
    void anEntryThatCannotBeReadStopsEverything() {
        forget(writers.backup("db"));
        CatalogueEntry entry = writers.backup("mail");
        ObjectKey key =
                CommitKeys.snapshot(writers.keyOf(entry.volume()), entry.time(), entry.snapshot());
        memory.delete(key);
        memory.putIfAbsent(key, MemorySegment.ofArray(new byte[100]));
        collect();
        assertThat(live()).as("its COMMIT says the same").containsExactly(entry.snapshot());

        CatalogueEntry second = writers.backup("mail", Optional.of(entry));
        ObjectKey lost =
                CommitKeys.snapshot(
                        writers.keyOf(second.volume()), second.time(), second.snapshot());
        memory.delete(lost);
        memory.putIfAbsent(lost, MemorySegment.ofArray(new byte[100]));
        memory.delete(CommitKeys.open(second.session()));
        assertThatThrownBy(this::collect)
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.CORRUPT))
                .hasMessageContaining(lost.value());
        assertThat(stored(second)).isTrue();
    }

    /// The store may hold it back, and show it again.
    @Test
    void aSnapshotThatIsMissingAndWasNotForgottenStopsEverything() {
        CatalogueEntry first = writers.backup("db");
        CatalogueEntry second = writers.backup("db", Optional.of(first));
        CatalogueEntry third = writers.backup("db", Optional.of(second));
        memory.delete(
                CommitKeys.snapshot(
                        writers.keyOf(second.volume()), second.time(), second.snapshot()));
        memory.delete(CommitKeys.open(second.session()));
        memory.delete(CommitKeys.outcome(second.session()));
        assertThatThrownBy(this::collect)
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.CORRUPT))
                .hasMessageContaining("nobody forgot")
                .hasMessageContaining("db");
        assertThat(stored(second)).isTrue();

        TestRepository leader = node(memory, 5);
        CollectionSettings accepting =
                new CollectionSettings(
                        new CollectionRequest(false, true, FENCE_AFTER),
                        () -> rootsOf(memory),
                        (_, _) -> true,
                        () -> 0L,
                        _ -> {});
        new Collector(leader, catalogue(leader), accepting).collect();
        assertThat(stored(second)).isFalse();
        assertThat(live()).containsExactlyInAnyOrder(first.snapshot(), third.snapshot());
        assertThat(collect().deletedPacks()).as("and it is settled").isZero();
    }

    @Test
    void aSweepThatIsWrongStopsEverything() {
        CatalogueEntry live = writers.backup("db");
        CatalogueEntry gone = writers.backup("mail");
        forget(gone);
        TestRounds plans = new TestRounds(writers);
        plans.plan(1, gone.root().record().pack());
        plans.sweep(1, live.root().record().pack(), gone.root().record().pack());

        assertThatThrownBy(this::collect)
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.CORRUPT))
                .hasMessageContaining("does not condemn");
        plans.plan(2, live.root().record().pack());
        plans.sweep(2, live.root().record().pack());
        assertThatThrownBy(this::collect)
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.CORRUPT))
                .hasMessageContaining("needs pack");
        assertThat(stored(live)).isTrue();
        assertThat(stored(gone)).isTrue();
    }

    @Test
    void anEntryThatLandsAfterTheCleanUpDoesNotCount() {
        CatalogueEntry entry = writers.backup("db");
        ObjectKey key =
                CommitKeys.snapshot(writers.keyOf(entry.volume()), entry.time(), entry.snapshot());
        byte[] late = memory.get(key, 1 << 20).orElseThrow();
        byte[] outcome = memory.get(CommitKeys.outcome(entry.session()), 1 << 20).orElseThrow();
        forget(entry);
        collect();
        memory.putIfAbsent(key, MemorySegment.ofArray(late));
        memory.putIfAbsent(CommitKeys.outcome(entry.session()), MemorySegment.ofArray(outcome));

        assertThat(live()).isEmpty();
        assertThat(collect().generation()).isEqualTo(2);
        assertThat(has(key)).isFalse();
        assertThat(names("s/")).isEmpty();
    }

    @Test
    void aDryRunChangesNothing() {
        forget(writers.backup("db"));
        Session session = writers.open();
        var before = names("");
        TestRepository node = node(memory, 4).readOnly();

        CollectionResult foretold =
                new Collector(node, catalogue(node), settings(node, rootsOf(memory), true))
                        .collect();
        assertThat(foretold.condemnedPacks()).isEqualTo(1);
        assertThat(foretold.deletedPacks()).isZero();
        assertThat(foretold.freedBytes()).isPositive();
        assertThat(foretold.pendingSessions()).isEqualTo(1);
        assertThat(names("")).isEqualTo(before);
        assertThatThrownBy(() -> collector(node, rootsOf(memory)).collect())
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.DENIED));
        session.close();
    }

    @Test
    void oldCheckpointsGo() {
        CatalogueEntry entry = writers.backup("db");
        for (int round = 1; round <= 6; round++) {
            assertThat(collect().generation()).isEqualTo(round);
            entry = writers.backup("db", Optional.of(entry));
        }
        assertThat(names("cat/"))
                .containsExactly(
                        CommitKeys.checkpoint(4).value(),
                        CommitKeys.checkpoint(5).value(),
                        CommitKeys.checkpoint(6).value());
        assertThat(live()).hasSize(7);
        OptionalLong newest = view().entries().stream().mapToLong(CatalogueEntry::counter).max();
        assertThat(newest).hasValue(7);
    }
}
