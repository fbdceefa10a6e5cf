package io.godwit.simulation.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.simulation.repository.RepositorySimulation.Ending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/// Histories of the shipped code: the first seeds always, then as many as time permits.
///
/// `-Dgodwit.simulation.seconds=3600` gives it an hour; `-Dgodwit.simulation.first=SEED` begins
/// elsewhere.
final class RepositoryHistoriesSimulation {
    private static final long ALWAYS = 25;
    private static final ThreadFactory THREADS = Thread.ofVirtual().factory();

    private final long first = Long.getLong("godwit.simulation.first", 1);
    private final long start = System.nanoTime();
    private final long nanos =
            Duration.ofSeconds(Long.getLong("godwit.simulation.seconds", 0)).toNanos();
    private final AtomicLong next = new AtomicLong(first);
    private final LongAdder snapshots = new LongAdder();
    private final LongAdder deletedPacks = new LongAdder();
    private final LongAdder steps = new LongAdder();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    /// Each seed twice: what happened must be the same.
    @Test
    void nothingIsLostInAnyHistory() throws InterruptedException {
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            workers.add(Thread.ofPlatform().start(this::work));
        }
        for (Thread worker : workers) {
            worker.join();
        }
        long seeds = next.get() - first;
        System.out.printf(
                Locale.ROOT,
                "simulated %d seeds, each twice, in %d s: %d snapshots, %d packs deleted, %d steps%n",
                seeds,
                (System.nanoTime() - start) / 1_000_000_000,
                snapshots.sum(),
                deletedPacks.sum(),
                steps.sum());
        assertThat(failures).isEmpty();
        assertThat(snapshots.sum()).isGreaterThan(seeds);
        assertThat(deletedPacks.sum()).isGreaterThan(seeds);
    }

    private void work() {
        try (RepositorySimulation simulation = new RepositorySimulation(THREADS)) {
            while (failures.isEmpty()
                    && (next.get() < first + ALWAYS || System.nanoTime() - start < nanos)) {
                run(simulation, next.getAndIncrement());
            }
        } catch (RuntimeException | Error e) {
            failures.add(e);
        }
    }

    private void run(RepositorySimulation simulation, long seed) {
        Ending ending = simulation.run(seed);
        assertThat(ending.violation()).as("seed %d", seed).isEmpty();
        assertThat(simulation.run(seed).digest())
                .as("trace of seed %d", seed)
                .isEqualTo(ending.digest());
        snapshots.add(ending.snapshots());
        deletedPacks.add(ending.deletedPacks());
        steps.add(ending.steps());
    }
}
