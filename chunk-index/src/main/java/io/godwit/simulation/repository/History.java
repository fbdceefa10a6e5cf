package io.godwit.simulation.repository;

import io.godwit.commit.CommitKeys;
import io.godwit.commit.HostIdentity;
import io.godwit.commit.RepositoryAccess;
import io.godwit.index.LocalCache;
import io.godwit.pack.SessionId;
import io.godwit.repository.Repository;
import io.godwit.repository.Surroundings;
import io.godwit.simulation.Dice;
import io.godwit.simulation.Kernel;
import io.godwit.simulation.SimulatedProcess;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// One history of a repository: everything that a seed decides, from an empty repository to one
/// that nobody works on any more.
final class History implements AutoCloseable {
    /// Of one node, crashes included.
    static final int STARTS_MAX = 5;

    private final Kernel kernel;
    private final Dice dice;
    private final Weather drawn;
    private final HistoryPlan plan;
    private final SimulatedStore store;
    private final Judge judge;
    private final PackBench bench;
    private final Conduct.Maker conducts;
    private final Map<Long, SimulatedProcess> processes = new HashMap<>();
    private final Map<String, Content> volumes = new HashMap<>();
    private Weather weather;

    History(Kernel kernel, RepositoryTemplate template, PackBench bench, Conduct.Maker conducts) {
        this.kernel = kernel;
        this.bench = bench;
        this.conducts = conducts;
        this.dice = kernel.dice("world");
        this.drawn = Weather.draw(dice);
        this.weather = drawn;
        this.plan = HistoryPlan.draw(dice);
        this.store = new SimulatedStore(kernel, template.copy());
        PackLog log = new PackLog(store.truth());
        this.judge =
                new Judge(
                        kernel,
                        store,
                        log,
                        Repository.open(
                                log,
                                RepositoryTemplate.unlock(),
                                _ -> LocalCache.inMemory(),
                                false,
                                new Surroundings(
                                        kernel::instant,
                                        kernel::nanos,
                                        new SeededSecureRandom(1),
                                        _ -> {},
                                        new InlineThreads(),
                                        new HostIdentity("judge", "boot", 1, 1),
                                        (_, _) -> {})),
                        bench.tail());
    }

    // ---- what its parts ask

    Kernel kernel() {
        return kernel;
    }

    Weather weather() {
        return weather;
    }

    HistoryPlan plan() {
        return plan;
    }

    SimulatedStore store() {
        return store;
    }

    Judge judge() {
        return judge;
    }

    PackBench bench() {
        return bench;
    }

    int register(SimulatedProcess process) {
        int pid = 100 + processes.size();
        processes.put((long) pid, process);
        return pid;
    }

    boolean isAlive(long pid, long startTicks) {
        SimulatedProcess process = processes.get(pid);
        return process != null && process.alive();
    }

    Conduct conduct(Conduct.Role role, SimulatedProcess process) {
        return conducts.of(role, world(process));
    }

    Conduct.World world(SimulatedProcess process) {
        return new Conduct.World() {
            @Override
            public Store truth() {
                return store.truth();
            }

            @Override
            public RepositoryAccess access() {
                return judge.access();
            }

            @Override
            public void putLater(Duration delay, ObjectKey key, byte[] content) {
                store.putLater(delay, key, content);
            }

            @Override
            public void deleteLater(Duration delay, ObjectKey key) {
                store.deleteLater(delay, key);
            }

            @Override
            public void fork(String name, Runnable body) {
                kernel.spawn(process, process.name() + " " + name, Duration.ZERO, body);
            }

            @Override
            public void pause(Duration duration) {
                kernel.pause(duration);
            }
        };
    }

    void write(String volume, Content content) {
        volumes.put(volume, content);
    }

    Optional<Content> volume(String name) {
        return Optional.ofNullable(volumes.get(name));
    }

    /// Whether an outcome stands, whatever it says.
    boolean wasAborted(SessionId session) {
        return store.exists(CommitKeys.outcome(session));
    }

    /// What a volume holds now.
    Content write(String volume, Dice by) {
        Content next =
                volumes.containsKey(volume)
                        ? volumes.get(volume).changed(by)
                        : Content.draw(by, by.chance(0.5));
        volumes.put(volume, next);
        return next;
    }

    // ---- the story

    /// Everything, to the end.
    ///
    /// @throws io.godwit.simulation.Violation the first that was found
    void run() {
        Actors actors = new Actors(this, dice);
        actors.start();
        for (int moment = 0; moment < 2; moment++) {
            kernel.at(Duration.ofMillis(dice.spread(1000, 7_200_000)), judge::review);
        }
        kernel.run();
        judge.review();
        weather = Weather.FINE;
        actors.settle();
        kernel.run();
        judge.requireClean();
    }

    /// What a history came to.
    ///
    /// @param snapshots that were committed
    /// @param deletedPacks by collections
    /// @param steps of the kernel
    record Account(int snapshots, int deletedPacks, long steps) {}

    Account account() {
        return new Account(judge.snapshots(), judge.deletedPacks(), kernel.steps());
    }

    @Override
    public void close() {
        kernel.end();
        judge.close();
    }
}
