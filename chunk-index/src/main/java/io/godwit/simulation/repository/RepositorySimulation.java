package io.godwit.simulation.repository;

import io.godwit.simulation.Kernel;
import io.godwit.simulation.Shrinker;
import io.godwit.simulation.Violation;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Runs histories of a repository by their seeds. Belongs to one thread.
public final class RepositorySimulation implements AutoCloseable {
    /// A history of some thousand steps is long; one of so many does not end.
    private static final long STEPS_MAX = 400_000;

    private final ThreadFactory threads;
    private final Supplier<Conduct.Maker> conducts;
    private final RepositoryTemplate template;
    private final PackBench bench = new PackBench();

    /// As shipped.
    ///
    /// @param threads of simulated tasks; one runs at a time, virtual ones do
    public RepositorySimulation(ThreadFactory threads) {
        this(threads, () -> Conduct.SHIPPED);
    }

    /// @param conducts of each history: [Conduct#SHIPPED], or a test's
    public RepositorySimulation(ThreadFactory threads, Supplier<Conduct.Maker> conducts) {
        this.threads = threads;
        this.conducts = conducts;
        this.template = new RepositoryTemplate(threads);
    }

    /// How a history ended.
    ///
    /// @param violation the first rule that was broken
    /// @param digest of everything that happened, in order
    /// @param trace line by line, if it was asked for
    /// @param strokes what went wrong, by name; a shrinker leaves some out
    public record Ending(
            long seed,
            Optional<Violation> violation,
            String digest,
            List<String> trace,
            List<String> strokes,
            int snapshots,
            int deletedPacks,
            long steps) {}

    public Ending run(long seed) {
        return run(seed, false, _ -> false);
    }

    /// Runs a history, or what is left of it.
    ///
    /// @param traced whether to keep the trace
    /// @param spared strokes that are left out
    public Ending run(long seed, boolean traced, Predicate<String> spared) {
        Kernel kernel = new Kernel(seed, threads, spared, traced, STEPS_MAX);
        Optional<Violation> violation = Optional.empty();
        try (History history = new History(kernel, template, bench, conducts.get())) {
            try {
                history.run();
            } catch (Violation e) {
                violation = Optional.of(e);
                kernel.note("VIOLATION " + e.getMessage());
            }
            History.Account account = history.account();
            return new Ending(
                    seed,
                    violation,
                    kernel.trace().digest(),
                    kernel.trace().lines(),
                    kernel.trace().strokes(),
                    account.snapshots(),
                    account.deletedPacks(),
                    account.steps());
        }
    }

    /// The shortest history found that breaks the same rule as that of a seed.
    ///
    /// @param tries histories to try at most
    /// @throws IllegalArgumentException when the seed's history breaks none
    public Shrunk shrink(long seed, int tries) {
        Ending bad = run(seed);
        String rule =
                bad.violation()
                        .map(Violation::rule)
                        .orElseThrow(() -> new IllegalArgumentException("nothing wrong: " + seed));
        Shrinker shrinker = new Shrinker(tries);
        Set<String> kept =
                shrinker.shrink(
                        bad.strokes(),
                        strokes ->
                                run(seed, false, stroke -> !strokes.contains(stroke))
                                        .violation()
                                        .map(Violation::rule)
                                        .equals(Optional.of(rule)));
        Ending shortest = run(seed, true, stroke -> !kept.contains(stroke));
        return new Shrunk(shortest, bad.strokes().size(), kept.size(), shrinker.tries());
    }

    /// A history that was made shorter.
    ///
    /// @param ending traced
    /// @param strokesBefore how many things went wrong, or were done, in the history of the seed
    /// @param strokes how many of them are left
    /// @param tries histories that it took
    public record Shrunk(Ending ending, int strokesBefore, int strokes, int tries) {}

    @Override
    public void close() {
        bench.close();
    }
}
