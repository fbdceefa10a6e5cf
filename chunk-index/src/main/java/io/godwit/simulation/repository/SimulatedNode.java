package io.godwit.simulation.repository;

import io.godwit.commit.HostIdentity;
import io.godwit.index.LocalCache;
import io.godwit.repository.Repository;
import io.godwit.repository.Surroundings;
import io.godwit.simulation.Dice;
import io.godwit.simulation.Kernel;
import io.godwit.simulation.SimulatedProcess;
import io.godwit.store.RetryPolicy;
import io.godwit.store.RetryingStore;
import io.godwit.store.Store;
import java.time.Duration;
import java.util.function.Consumer;

/// A place where one process after the other runs: its cache outlives them, unless it is lost; so
/// does its clock, which is wrong.
final class SimulatedNode {
    private static final Duration LOOK = Duration.ofMillis(200);

    private final History history;
    private final String name;
    private final String host;
    private final Conduct.Role role;
    private final Consumer<Running> work;
    private final Dice dice;
    private LocalCache cache;
    private Duration clockError = Duration.ZERO;
    private int starts;

    /// @param work what each process of the node does, from the start
    SimulatedNode(
            History history, String name, String host, Conduct.Role role, Consumer<Running> work) {
        this.history = history;
        this.name = name;
        this.host = host;
        this.role = role;
        this.work = work;
        this.dice = history.kernel().dice(name);
        this.cache = newCache();
    }

    /// A process of the node with what it has opened.
    record Running(
            SimulatedNode node,
            SimulatedProcess process,
            Repository repository,
            Conduct conduct,
            Dice dice) {}

    private LocalCache newCache() {
        return LocalCache.inMemory(() -> history.kernel().pause(LOOK));
    }

    String name() {
        return name;
    }

    LocalCache cache() {
        return cache;
    }

    Dice dice() {
        return dice;
    }

    /// Takes part in the history, unless a shrinker has found that it goes without.
    void startUnlessSpared(Duration delay) {
        if (dice.strikes("takes part", 1)) {
            start(delay);
        }
    }

    /// Starts the node's next process after a delay.
    void start(Duration delay) {
        startWith(delay, work);
    }

    /// The same, with something else to do.
    void startWith(Duration delay, Consumer<Running> doing) {
        Kernel kernel = history.kernel();
        if (dice.strikes("cache lost", history.weather().cacheLoss())) {
            cache = newCache();
        }
        if (dice.strikes("clock jumps", history.weather().jump())) {
            clockError = Duration.ofSeconds(dice.below(400_000) - 200_000);
        }
        SimulatedProcess process = kernel.newProcess(name + "." + ++starts);
        kernel.spawn(process, process.name(), delay, () -> run(process, doing));
    }

    private void run(SimulatedProcess process, Consumer<Running> doing) {
        Kernel kernel = history.kernel();
        Conduct conduct = history.conduct(role, process);
        Surroundings surroundings = surroundings(process);
        Store client =
                new StoreClient(
                        history.store(), kernel, dice, history.weather(), () -> disturb(process));
        RetryPolicy policy =
                new RetryPolicy(
                        history.weather().attempts(),
                        Duration.ofMillis(200),
                        Duration.ofSeconds(15));
        Store retrying =
                new RetryingStore(client, policy, surroundings.sleeper(), surroundings.random());
        Store seen = conduct.store(retrying);
        Repository repository =
                Repository.open(
                        seen,
                        RepositoryTemplate.unlock(),
                        _ -> cache,
                        role != Conduct.Role.RESTORER || dice.chance(0.5),
                        surroundings);
        doing.accept(new Running(this, process, repository, conduct, dice));
    }

    private Surroundings surroundings(SimulatedProcess process) {
        Kernel kernel = history.kernel();
        int pid = history.register(process);
        return new Surroundings(
                () -> kernel.instant().plus(clockError),
                kernel::nanos,
                new SeededSecureRandom(dice.nextLong()),
                kernel::pause,
                new InlineThreads(),
                new HostIdentity(host, "boot of " + host, pid, pid),
                (kind, message) -> kernel.note("warning " + kind + ": " + message));
    }

    /// What may happen to a process whenever it waits.
    private void disturb(SimulatedProcess process) {
        Kernel kernel = history.kernel();
        if (dice.strikes("crash", history.weather().crash())) {
            kernel.crash(process);
            if (starts < History.STARTS_MAX) {
                start(Duration.ofMillis(dice.spread(1000, 3_600_000)));
            }
        } else if (dice.strikes("stopped", history.weather().stop())) {
            kernel.stop(process, Duration.ofMillis(dice.spread(60_000, 7_200_000)));
        }
    }
}
