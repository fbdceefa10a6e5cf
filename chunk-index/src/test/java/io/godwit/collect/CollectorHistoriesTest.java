package io.godwit.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.Session;
import io.godwit.commit.SnapshotId;
import io.godwit.commit.TestRepository;
import io.godwit.commit.TestWriter;
import io.godwit.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A whole round, disturbed at every one of its calls.
final class CollectorHistoriesTest {
    /// Two snapshots that live, one of them below a checkpoint, two that are forgotten, one of them
    /// below it, and what an aborted session left.
    private static final class World extends CollectorFixture {
        final CatalogueEntry kept;
        final CatalogueEntry gone;

        World() {
            kept = writers.backup("db");
            CatalogueEntry old = writers.backup("db", Optional.of(kept));
            collect();
            gone = writers.backup("mail");
            writers.backup("mail", Optional.of(gone));
            try (Session session = writers.open()) {
                writers.upload(session);
            }
            forget(old);
            forget(gone);
        }

        /// Until there is nothing more to do, and nothing is there that nobody needs.
        void settle(String when) {
            for (long seed = 50; ; seed++) {
                long generation = collect(memory, seed).generation();
                if (generation == collect(memory, seed + 100).generation()) {
                    break;
                }
                assertThat(seed).as(when).isLessThan(60);
            }
            requireReadable();
            assertThat(names("p/")).as(when).hasSize(live().size());
            assertThat(names("s/")).as(when).isEmpty();
            assertThat(names("snap")).as(when).isEmpty();
        }
    }

    private static boolean changes(String call) {
        return call.startsWith("PUT") || call.startsWith("DELETE");
    }

    private static int calls() {
        World world = new World();
        WatchedStore watched = new WatchedStore(world.memory, new WatchedStore.Watcher() {});
        world.collect(watched, 5);
        return watched.calls().size();
    }

    @Test
    void anotherLeaderFinishesWhatAKilledOneBegan() {
        int calls = calls();
        int killed = 0;
        for (int number = 1; number <= calls; number++) {
            for (boolean behind : new boolean[] {false, true}) {
                killed += kill(number, behind) ? 1 : 0;
            }
        }
        assertThat(killed).isGreaterThan(30);
    }

    private static boolean kill(int at, boolean behind) {
        World world = new World();
        Set<SnapshotId> live = world.live();
        boolean[] killed = new boolean[1];
        WatchedStore watched =
                new WatchedStore(
                        world.memory,
                        new WatchedStore.Watcher() {
                            @Override
                            public void before(int number, String call) {
                                dieIf(number == at && !behind && changes(call));
                            }

                            @Override
                            public void behind(int number, String call) {
                                dieIf(number == at && behind && changes(call));
                            }

                            private void dieIf(boolean now) {
                                if (now) {
                                    killed[0] = true;
                                    throw new WatchedStore.Killed();
                                }
                            }
                        });
        try {
            world.collect(watched, 5);
        } catch (WatchedStore.Killed e) {
            assertThat(world.live()).isEqualTo(live);
            world.requireReadable();
        }
        world.settle("call %d".formatted(at));
        assertThat(world.live()).isEqualTo(live);
        return killed[0];
    }

    /// At every call of a leader, something else happens as a whole.
    private static void disturb(java.util.function.Consumer<World> other) {
        int calls = calls();
        for (int at = 1; at <= calls; at++) {
            int moment = at;
            World world = new World();
            WatchedStore watched =
                    new WatchedStore(
                            world.memory,
                            new WatchedStore.Watcher() {
                                @Override
                                public void before(int number, String call) {
                                    if (number == moment) {
                                        other.accept(world);
                                    }
                                }
                            });
            world.collect(watched, 5);
            world.requireReadable();
            assertThat(world.live()).contains(world.kept.snapshot());
            world.settle("call %d".formatted(moment));
            assertThat(world.live()).contains(world.kept.snapshot());
        }
    }

    @Test
    void twoLeadersDoTheSame() {
        disturb(
                world -> {
                    Set<SnapshotId> live = world.live();
                    world.collect(world.memory, 9);
                    assertThat(world.live()).isEqualTo(live);
                });
    }

    @Test
    void aWriterMayReuseWhatIsBeingCollected() {
        List<TestWriter.End> ends = new ArrayList<>();
        disturb(
                world -> {
                    TestRepository node = world.node(world.memory, 21);
                    TestWriter writer = new TestWriter(node, "new", Optional.of(world.gone.root()));
                    ends.add(writer.run());
                });
        assertThat(ends).containsOnly(TestWriter.End.COMMITTED);
    }

    @Test
    void aSnapshotMayBeForgottenMeanwhile() {
        disturb(
                world ->
                        world.view().entries().stream()
                                .filter(entry -> !entry.equals(world.kept))
                                .forEach(world::forget));
    }

    /// A collection at every call of a writer that reuses what was forgotten.
    @Test
    void aCollectionAtAnyStepOfAWriterLosesNothing() {
        Set<TestWriter.End> ends = new java.util.HashSet<>();
        for (int at = 1; ; at++) {
            int moment = at;
            World world = new World();
            WatchedStore watched =
                    new WatchedStore(
                            world.memory,
                            new WatchedStore.Watcher() {
                                @Override
                                public void before(int number, String call) {
                                    if (number == moment) {
                                        world.collect(world.memory, 9);
                                    }
                                }
                            });
            TestRepository node = world.node(watched, 21);
            TestWriter writer = new TestWriter(node, "new", Optional.of(world.gone.root()));
            TestWriter.End end = writer.run();
            ends.add(end);
            boolean visible =
                    writer.entry().map(e -> world.live().contains(e.snapshot())).orElse(false);
            assertThat(visible).isEqualTo(end == TestWriter.End.COMMITTED);
            world.requireReadable();
            world.settle("call %d of a writer".formatted(moment));
            if (watched.calls().size() < moment) {
                break;
            }
        }
        assertThat(ends).contains(TestWriter.End.COMMITTED, TestWriter.End.FENCED);
    }

    @Test
    void readersSeeTheSameSnapshotsThroughout() {
        World world = new World();
        Set<SnapshotId> live = world.live();
        WatchedStore watched =
                new WatchedStore(
                        world.memory,
                        new WatchedStore.Watcher() {
                            @Override
                            public void behind(int number, String call) {
                                assertThat(world.live()).as(call).isEqualTo(live);
                                world.requireReadable();
                            }
                        });
        world.collect((Store) watched, 5);
        assertThat(world.live()).isEqualTo(live);
    }

    /// And a reader sees them although a round begins and ends between any two of its calls.
    @Test
    void aReaderThatIsOvertakenSeesTheSameSnapshots() {
        for (int at = 1; ; at++) {
            int moment = at;
            World world = new World();
            Set<SnapshotId> live = world.live();
            WatchedStore watched =
                    new WatchedStore(
                            world.memory,
                            new WatchedStore.Watcher() {
                                @Override
                                public void before(int number, String call) {
                                    if (number == moment) {
                                        world.collect(world.memory, 9);
                                    }
                                }
                            });
            Set<SnapshotId> seen =
                    new java.util.HashSet<>(
                            CollectorFixture.catalogue(world.node(watched, 3))
                                    .read()
                                    .entries()
                                    .stream()
                                    .map(CatalogueEntry::snapshot)
                                    .toList());
            assertThat(seen).isEqualTo(live);
            if (watched.calls().size() < moment) {
                break;
            }
        }
    }
}
