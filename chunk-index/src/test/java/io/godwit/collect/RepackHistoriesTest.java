package io.godwit.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.SnapshotId;
import io.godwit.repository.Repository;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A whole round that moves packs, disturbed at every one of its calls.
final class RepackHistoriesTest {
    @TempDir Path directory;

    /// A victim of which two snapshots need something, one that is forgotten needed the rest, and a
    /// pack that nobody needs. `moved`: the victim holds what an earlier round has moved.
    private final class World {
        final RealRepository repository = new RealRepository(directory);
        final CatalogueEntry kept;
        final CatalogueEntry other;

        World(boolean moved) {
            CatalogueEntry first;
            if (moved) {
                CatalogueEntry old =
                        repository.backUp(
                                "db", 1, 2, 3, 4, 5, 6, 7, 8, 40, 41, 42, 43, 44, 45, 46, 47);
                first = repository.backUp("db", 1, 2, 3, 4, 5, 6, 7, 8);
                other = repository.backUp("mail", 1, 3, 10);
                repository.forget(old);
                repository.collect();
                RealWriter writer =
                        new RealWriter(repository, repository.own(), "db", List.of(1, 2, 9))
                                .onTopOf(first);
                assertThat(writer.run()).isEqualTo(RealWriter.End.COMMITTED);
                kept = writer.entry().orElseThrow();
            } else {
                first = repository.backUp("db", 1, 2, 3, 4, 5, 6, 7, 8);
                kept = repository.backUp("db", 1, 2, 9);
                other = repository.backUp("mail", 1, 3, 10);
            }
            CatalogueEntry gone = repository.backUp("mail", 11, 12);
            repository.forget(gone);
            repository.forget(first);
        }

        void requireKept(String when) {
            assertThat(repository.live()).as(when).contains(kept.snapshot());
            repository.requireReadable();
        }

        /// Until there is nothing more to do, and nothing is there that nobody needs.
        void settle(String when) {
            long generation = -1;
            for (int round = 0; ; round++) {
                long next = repository.collect().generation();
                if (next == generation) {
                    break;
                }
                generation = next;
                assertThat(round).as(when).isLessThan(10);
            }
            repository.requireReadable();
            CollectionResult dry =
                    repository.collect(
                            repository.memory,
                            RealRepository.LIMITS,
                            new CollectionRequest(true, false, Duration.ZERO));
            assertThat(dry.condemnedPacks()).as(when).isZero();
            assertThat(dry.repackedPacks()).as(when).isZero();
            assertThat(repository.names("s/")).as(when).isEmpty();
        }
    }

    private static boolean changes(String call) {
        return call.startsWith("PUT") || call.startsWith("DELETE");
    }

    private static boolean listsOrChanges(String call) {
        return changes(call) || call.startsWith("LIST");
    }

    /// The calls of an undisturbed round that are worth a disturbance.
    private List<Integer> calls(boolean moved, Predicate<String> chosen) {
        World world = new World(moved);
        WatchedStore watched =
                new WatchedStore(world.repository.memory, new WatchedStore.Watcher() {});
        CollectionResult result = world.repository.collect(watched);
        assertThat(result.repackedPacks()).isPositive();
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < watched.calls().size(); i++) {
            if (chosen.test(watched.calls().get(i))) {
                numbers.add(i + 1);
            }
        }
        return numbers;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anotherLeaderFinishesWhatAKilledOneBegan(boolean moved) {
        int killed = 0;
        for (int number : calls(moved, RepackHistoriesTest::changes)) {
            killed += kill(moved, number, false) ? 1 : 0;
            killed += kill(moved, number, true) ? 1 : 0;
        }
        assertThat(killed).isGreaterThan(30);
    }

    private boolean kill(boolean moved, int at, boolean behind) {
        World world = new World(moved);
        Set<SnapshotId> live = world.repository.live();
        WatchedStore watched =
                new WatchedStore(
                        world.repository.memory,
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
                                    throw new WatchedStore.Killed();
                                }
                            }
                        });
        boolean killed = false;
        try {
            world.repository.collect(watched);
        } catch (WatchedStore.Killed e) {
            killed = true;
            assertThat(world.repository.live()).isEqualTo(live);
            world.repository.requireReadable();
        }
        world.settle("killed at call %d".formatted(at));
        assertThat(world.repository.live()).isEqualTo(live);
        return killed;
    }

    /// At every call of a leader, something else happens as a whole.
    private void disturb(boolean moved, BiConsumer<World, Integer> other) {
        for (int moment : calls(moved, RepackHistoriesTest::listsOrChanges)) {
            World world = new World(moved);
            WatchedStore watched =
                    new WatchedStore(
                            world.repository.memory,
                            new WatchedStore.Watcher() {
                                @Override
                                public void before(int number, String call) {
                                    if (number == moment) {
                                        other.accept(world, moment);
                                    }
                                }
                            });
            world.repository.collect(watched);
            world.requireKept("call %d".formatted(moment));
            world.settle("call %d".formatted(moment));
            world.requireKept("call %d".formatted(moment));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void twoLeadersDoTheSame(boolean moved) {
        disturb(moved, (world, _) -> world.repository.collect());
    }

    @Test
    void aWriterMayReuseWhatIsBeingMoved() {
        disturb(
                false,
                (world, _) -> {
                    Repository node = world.repository.open(world.repository.memory);
                    RealWriter writer =
                            new RealWriter(world.repository, node, "new", List.of(1, 5, 11, 30));
                    assertThat(writer.run()).isEqualTo(RealWriter.End.COMMITTED);
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWriterMayPinWhatIsBeingMoved(boolean moved) {
        disturb(
                moved,
                (world, _) -> {
                    Repository node = world.repository.open(world.repository.memory);
                    RealWriter writer =
                            new RealWriter(world.repository, node, "db", List.of(1, 2, 5, 31))
                                    .onTopOf(world.kept);
                    assertThat(writer.run()).isEqualTo(RealWriter.End.COMMITTED);
                });
    }

    @Test
    void aSnapshotMayBeForgottenMeanwhile() {
        disturb(false, (world, _) -> world.repository.forget(world.other));
    }

    /// A collection at every call of a writer that reuses, and pins, what is being moved.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCollectionAtAnyStepOfAWriterLosesNothing(boolean pins) {
        Set<RealWriter.End> ends = new HashSet<>();
        for (int at = 1; ; at++) {
            int moment = at;
            World world = new World(false);
            WatchedStore watched =
                    new WatchedStore(
                            world.repository.memory,
                            new WatchedStore.Watcher() {
                                @Override
                                public void before(int number, String call) {
                                    if (number == moment) {
                                        world.repository.collect();
                                    }
                                }
                            });
            RealWriter writer =
                    new RealWriter(
                            world.repository,
                            world.repository.open(watched),
                            "db",
                            List.of(1, 2, 5, 31));
            RealWriter.End end = (pins ? writer.onTopOf(world.kept) : writer).run();
            ends.add(end);
            boolean visible =
                    writer.entry()
                            .map(entry -> world.repository.live().contains(entry.snapshot()))
                            .orElse(false);
            assertThat(visible).isEqualTo(end == RealWriter.End.COMMITTED);
            world.requireKept("call %d of a writer".formatted(moment));
            world.settle("call %d of a writer".formatted(moment));
            world.requireKept("call %d of a writer".formatted(moment));
            if (watched.calls().size() < moment) {
                break;
            }
        }
        assertThat(ends).contains(RealWriter.End.COMMITTED, RealWriter.End.FENCED);
    }

    /// Readers that knew the repository before the round, and new ones, read throughout.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readersReadThroughout(boolean moved) {
        World world = new World(moved);
        Repository slow = world.repository.open(world.repository.memory);
        WatchedStore watched =
                new WatchedStore(
                        world.repository.memory,
                        new WatchedStore.Watcher() {
                            @Override
                            public void behind(int number, String call) {
                                if (changes(call)) {
                                    world.repository.requireReadable(slow);
                                    world.repository.requireReadable();
                                }
                            }
                        });
        world.repository.collect(watched);
        world.repository.requireReadable(slow);
    }

    /// And a reader reads although a round begins and ends between any two of its calls.
    @Test
    void aReaderThatIsOvertakenReads() {
        for (int at = 1; ; at++) {
            int moment = at;
            World world = new World(true);
            WatchedStore watched =
                    new WatchedStore(
                            world.repository.memory,
                            new WatchedStore.Watcher() {
                                @Override
                                public void before(int number, String call) {
                                    if (number == moment) {
                                        world.repository.collect();
                                    }
                                }
                            });
            Repository reader = world.repository.open(watched);
            assertThat(world.repository.numbers(reader, world.kept)).containsExactly(1, 2, 9);
            if (watched.calls().size() < moment) {
                break;
            }
        }
    }
}
