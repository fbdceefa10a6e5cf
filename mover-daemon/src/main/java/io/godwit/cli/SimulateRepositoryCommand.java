package io.godwit.cli;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.simulation.Violation;
import io.godwit.simulation.repository.RepositorySimulation;
import io.godwit.simulation.repository.RepositorySimulation.Ending;
import io.godwit.simulation.repository.RepositorySimulation.Shrunk;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `godwit simulate repository`.
@Command(
        name = "repository",
        description = {
            "Backs up, forgets, collects, restores and copies in small repositories that are made up,",
            "while requests are late, lost and repeated, and processes die or stand still.",
            "Each seed is one history, always the same, and is run twice. Needs no repository."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit simulate repository --seeds 1000",
            "  godwit simulate repository --seconds 3600 --first-seed 100000 --json",
            "  godwit simulate repository --seed 17 --trace",
            "  godwit simulate repository --seed 17 --shrink"
        })
final class SimulateRepositoryCommand extends Task {
    private static final int SEEDS = 100;
    private static final int TRIES = 2000;

    @Option(
            names = "--seeds",
            paramLabel = "N|A..B",
            description =
                    "How many seeds, or which (default: 100, or what --seconds leaves room for).")
    @Nullable String seeds;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "So long, instead of a number of seeds.")
    @Nullable Long seconds;

    @Option(names = "--first-seed", paramLabel = "N", description = "Where to begin (default: 1).")
    @Nullable Long firstSeed;

    @Option(names = "--seed", paramLabel = "N", description = "This one history.")
    @Nullable Long seed;

    @Option(names = "--trace", description = "With --seed: every step of it.")
    boolean trace;

    @Option(
            names = "--shrink",
            description =
                    "Leaves out of a bad history what it stays bad without, and shows the rest.")
    boolean shrink;

    @Override
    Result perform(Output output) {
        Range range = range();
        long start = outside().nanoTime().getAsLong();
        try (RepositorySimulation simulation = new RepositorySimulation(outside().threads())) {
            Tally tally = new Tally();
            Optional<Ending> bad = Optional.empty();
            for (long next = range.first; bad.isEmpty() && range.has(next, start); next++) {
                Ending ending = simulation.run(next, seed != null && trace, _ -> false);
                tally.add(ending);
                bad = bad(simulation, ending);
                if (seed != null && trace) {
                    tally.trace = ending.trace();
                }
            }
            Optional<Shrunk> shrunk =
                    bad.filter(_ -> shrink).map(e -> simulation.shrink(e.seed(), TRIES));
            return new Simulated(tally, elapsed(start), bad, shrunk);
        }
    }

    private double elapsed(long start) {
        return (outside().nanoTime().getAsLong() - start) / 1e9;
    }

    private static Optional<Ending> bad(RepositorySimulation simulation, Ending ending) {
        if (ending.violation().isPresent()) {
            return Optional.of(ending);
        }
        String again = simulation.run(ending.seed()).digest();
        if (!again.equals(ending.digest())) {
            throw new GodwitException(
                    FailureKind.INTERNAL,
                    "two runs of one seed differ: seed=%d first=%s second=%s"
                            .formatted(ending.seed(), ending.digest(), again));
        }
        return Optional.empty();
    }

    /// Which seeds.
    private final class Range {
        private final long first;
        private final long last;
        private final Optional<Duration> time;

        Range(long first, long last, Optional<Duration> time) {
            this.first = first;
            this.last = last;
            this.time = time;
        }

        boolean has(long next, long start) {
            return next <= last
                    && (time.isEmpty()
                            || outside().nanoTime().getAsLong() - start < time.get().toNanos());
        }
    }

    private Range range() {
        if (trace && seed == null) {
            throw invalid("--trace goes with --seed");
        }
        if (seed != null) {
            if (seeds != null || seconds != null || firstSeed != null) {
                throw invalid(
                        "--seed is one history: leave --seeds, --seconds and --first-seed out");
            }
            return new Range(seed, seed, Optional.empty());
        }
        long first = firstSeed == null ? 1 : firstSeed;
        Optional<Duration> time = Optional.ofNullable(seconds).map(Duration::ofSeconds);
        if (seeds == null) {
            long last = time.isPresent() ? Long.MAX_VALUE - 1 : first + SEEDS - 1;
            return new Range(first, last, time);
        }
        return given(seeds, first, time);
    }

    private Range given(String text, long first, Optional<Duration> time) {
        int dots = text.indexOf("..");
        try {
            if (dots < 0) {
                return new Range(first, first + Long.parseLong(text) - 1, time);
            }
            if (firstSeed != null) {
                throw invalid("--seeds A..B says where to begin: leave --first-seed out");
            }
            return new Range(
                    Long.parseLong(text.substring(0, dots)),
                    Long.parseLong(text.substring(dots + 2)),
                    time);
        } catch (NumberFormatException e) {
            throw invalid("--seeds takes a number, or A..B: " + text);
        }
    }

    private static GodwitException invalid(String message) {
        return new GodwitException(FailureKind.INVALID, message);
    }

    /// What has been simulated.
    private static final class Tally {
        private long seeds;
        private long histories;
        private long snapshots;
        private long deletedPacks;
        private long steps;
        private List<String> trace = List.of();

        void add(Ending ending) {
            seeds++;
            histories += ending.violation().isPresent() ? 1 : 2;
            snapshots += ending.snapshots();
            deletedPacks += ending.deletedPacks();
            steps += ending.steps();
        }
    }

    private record Simulated(
            Tally tally, double seconds, Optional<Ending> bad, Optional<Shrunk> shrunk)
            implements Result {
        @Override
        public int exitCode() {
            return bad.isPresent() ? FailureKind.CORRUPT.exitCode() : 0;
        }

        private String violation(Ending ending) {
            return ending.violation().map(Violation::getMessage).orElse("");
        }

        @Override
        public Optional<String> complaint() {
            return bad.map(
                    ending ->
                            "seed %d breaks a rule: %s; see it with: godwit simulate repository --seed %d --shrink"
                                    .formatted(ending.seed(), violation(ending), ending.seed()));
        }

        private List<String> lines() {
            return shrunk.map(found -> found.ending().trace()).orElse(tally.trace);
        }

        @Override
        public void json(JsonLine json) {
            json.number("seeds", tally.seeds)
                    .number("histories", tally.histories)
                    .number("snapshots", tally.snapshots)
                    .number("deletedPacks", tally.deletedPacks)
                    .number("steps", tally.steps)
                    .decimal("seconds", seconds);
            bad.ifPresent(
                    ending ->
                            json.object(
                                    "violation",
                                    row ->
                                            row.number("seed", ending.seed())
                                                    .text(
                                                            "rule",
                                                            ending.violation()
                                                                    .map(Violation::rule)
                                                                    .orElse(""))
                                                    .text("detail", violation(ending))));
            shrunk.ifPresent(
                    found ->
                            json.number("strokes", found.strokes())
                                    .number("strokesBefore", found.strokesBefore()));
            if (!lines().isEmpty()) {
                json.texts("trace", lines());
            }
        }

        @Override
        public void people(PrintWriter out) {
            lines().forEach(out::println);
            shrunk.ifPresent(
                    found ->
                            out.printf(
                                    Locale.ROOT,
                                    "It takes %d of %d strokes (histories tried: %d).%n",
                                    found.strokes(),
                                    found.strokesBefore(),
                                    found.tries()));
            out.printf(
                    Locale.ROOT,
                    "%s in %.0f s: %s committed, %s deleted%s.%n",
                    Words.count(tally.seeds, "seed"),
                    seconds,
                    Words.count(tally.snapshots, "snapshot"),
                    Words.count(tally.deletedPacks, "pack"),
                    bad.isPresent() ? "" : ", no rule broken");
        }

        @Override
        public void quiet(PrintWriter out) {
            bad.ifPresent(ending -> out.println(ending.seed()));
        }
    }
}
