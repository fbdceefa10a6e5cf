package io.godwit.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.HostIdentity;
import io.godwit.commit.SnapshotId;
import io.godwit.commit.TestRepository;
import io.godwit.commit.TestWriter;
import io.godwit.store.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What goes wrong seldom and then thoroughly: collectors that sleep for a day, ten of them at
/// once, sessions by the ten thousand that nobody ended (`-Dgodwit.abandoned=N`).
@Timeout(120)
final class BadDaysTest {
    private static final int ABANDONED = Integer.getInteger("godwit.abandoned", 10_000);

    /// Snapshots that live and such that are forgotten.
    private static final class Repository extends CollectorFixture {
        final CatalogueEntry kept = writers.backup("db");
        final CatalogueEntry gone = writers.backup("mail");

        Repository() {
            writers.backup("db", Optional.of(kept));
            forget(gone);
        }

        /// Rounds of others, and backups that store again, or refer to, what the sleeper condemns.
        List<SnapshotId> aDay() {
            List<SnapshotId> committed = new ArrayList<>();
            writers.advance(Duration.ofDays(1));
            collect(memory, 9);
            TestWriter writer = new TestWriter(node(memory, 21), "new", Optional.of(gone.root()));
            if (writer.run() == TestWriter.End.COMMITTED) {
                committed.add(writer.entry().orElseThrow().snapshot());
            }
            CatalogueEntry short1 = writers.backup("short");
            collect(memory, 10);
            forget(short1);
            collect(memory, 11);
            committed.add(writers.backup("evening").snapshot());
            return committed;
        }
    }

    @Test
    void aCollectorThatSleptForADayHarmsNothing() {
        int calls = Integer.MAX_VALUE;
        for (int at = 1; at <= calls; at++) {
            int moment = at;
            Repository world = new Repository();
            List<SnapshotId> committed = new ArrayList<>();
            WatchedStore watched =
                    new WatchedStore(
                            world.memory,
                            new WatchedStore.Watcher() {
                                @Override
                                public void before(int number, String call) {
                                    if (number == moment) {
                                        committed.addAll(world.aDay());
                                    }
                                }
                            });
            world.collect(watched, 5);
            calls = Math.min(calls, watched.calls().size());
            world.requireReadable();
            assertThat(world.live()).contains(world.kept.snapshot()).containsAll(committed);
            world.collect();
            world.requireReadable();
            assertThat(world.live()).contains(world.kept.snapshot()).containsAll(committed);
            assertThat(committed.isEmpty()).as("slept at call %d", at).isEqualTo(at > calls);
        }
        assertThat(calls).isGreaterThan(20);
    }

    @Test
    void tenCollectorsAtOnceDoTheSame() throws Exception {
        for (int round = 0; round < 10; round++) {
            Repository world = new Repository();
            Set<SnapshotId> live = world.live();
            List<CollectionResult> results = new ArrayList<>();
            CountDownLatch together = new CountDownLatch(10);
            try (ExecutorService threads = Executors.newFixedThreadPool(10)) {
                List<Future<CollectionResult>> running = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    long seed = 100L * round + i;
                    running.add(
                            threads.submit(
                                    () -> {
                                        together.countDown();
                                        together.await();
                                        return world.collect(world.memory, seed);
                                    }));
                }
                for (Future<CollectionResult> one : running) {
                    results.add(one.get());
                }
            }
            assertThat(results).anyMatch(result -> result.deletedPacks() == 1);
            assertThat(world.live()).isEqualTo(live);
            world.requireReadable();
            assertThat(world.stored(world.gone)).isFalse();
        }
    }

    /// Of machines that are gone, half of them of this host. A backup begins as always, one
    /// collection gives them up, the next one sweeps.
    @Test
    void tenThousandAbandonedSessionsAreCleanedUp() {
        Repository world = new Repository();
        Store store = world.memory;
        TestRepository here =
                world.node(store, 31).withHost(new HostIdentity("host-1", "boot-0", 7, 70));
        TestRepository elsewhere =
                world.node(store, 32).withHost(new HostIdentity("host-2", "boot-2", 7, 70));
        for (int i = 0; i < ABANDONED / 2; i++) {
            here.open();
            elsewhere.open();
        }
        CatalogueEntry during = world.writers.backup("during");
        CollectionResult result = world.collect(store, 41);
        assertThat(result.fencedSessions()).isEqualTo(ABANDONED);
        assertThat(world.live()).contains(world.kept.snapshot(), during.snapshot());
        world.forget(during);
        world.collect(store, 42);
        assertThat(world.names("s/")).isEmpty();
        world.requireReadable();
    }
}
