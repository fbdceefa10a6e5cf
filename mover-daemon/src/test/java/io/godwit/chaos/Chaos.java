package io.godwit.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.chaos.ChildProcess.Outcome;
import io.godwit.chaos.Ledger.Known;
import io.godwit.chaos.Ledger.Run;
import io.godwit.chaos.Ledger.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.JsonNode;

/// Real processes on one repository and a second one that copies go to: writers, readers,
/// collectors and those who forget, killed, paused and cut off by seed. In the end everything that
/// was acknowledged is restored and compared.
final class Chaos {
    /// As many processes run at a time.
    static final int LANES = 3;

    private final Ground ground;
    private final Tally tally = new Tally();
    private final Place main;
    private final Place other;
    private final List<Runner> runners = new ArrayList<>();
    private final Path directory;

    Chaos(Path directory, Ground ground, Optional<Path> launcher) throws IOException {
        this.directory = directory;
        this.ground = ground;
        this.main = new Place("main", ground::url, key("key", 1));
        this.other = new Place("copies", ground::otherUrl, key("other-key", 2));
        for (int lane = 0; lane < LANES; lane++) {
            runners.add(
                    new Runner(lane, ground, tally, directory.resolve("lane-" + lane), launcher));
        }
    }

    private Path key(String name, int seed) throws IOException {
        byte[] secret = new byte[32];
        new SplittableRandom(seed).nextBytes(secret);
        return Files.write(directory.resolve(name), secret);
    }

    Tally tally() {
        return tally;
    }

    /// Runs for a time, then looks at what is left.
    void run(long seed, Duration time) throws Exception {
        for (Place place : List.of(main, other)) {
            quietly(0, place, "init", "--json");
        }
        long deadline = System.nanoTime() + time.toNanos();
        SplittableRandom random = new SplittableRandom(seed);
        List<Lane> lanes = new ArrayList<>();
        for (Runner runner : runners) {
            lanes.add(new Lane(runner, main, other, random.split()));
        }
        inEachLane(
                lane -> {
                    while (System.nanoTime() < deadline && !tally.isBroken()) {
                        lanes.get(lane).step();
                    }
                });
        if (!tally.isBroken()) {
            judgeWhatIsLeft();
        }
    }

    /// What a lane does.
    private interface Work {
        void of(int lane) throws Exception;
    }

    private static void inEachLane(Work work) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(LANES)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < LANES; i++) {
                int lane = i;
                running.add(
                        threads.submit(
                                () -> {
                                    work.of(lane);
                                    return lane;
                                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        }
    }

    private Outcome quietly(int lane, Place place, String... words)
            throws IOException, InterruptedException {
        Outcome outcome = runners.get(lane).start(place, List.of(words)).await();
        if (outcome.exitCode() != 0) {
            tally.violation("in the end, %s: %s".formatted(place.name(), outcome.told()));
        }
        return outcome;
    }

    private void judgeWhatIsLeft() throws Exception {
        ground.heal();
        for (Place place : List.of(main, other)) {
            // The second one finds nobody any more who was alive in the first.
            quietly(0, place, "gc", "--json", "--fence-after", "0s");
            Outcome last = quietly(0, place, "gc", "--json", "--fence-after", "0s");
            last.result()
                    .filter(result -> result.get("pendingSessions").asLong() > 0)
                    .ifPresent(result -> tally.violation("sessions left: " + result));
            List<Known> there = listed(place);
            inEachLane(
                    lane -> {
                        for (int i = lane; i < there.size(); i += LANES) {
                            compare(lane, place, there.get(i));
                        }
                    });
            quietly(0, place, "verify", "--read-data", "--json");
            quietly(0, place, "scrub", "--json");
            if (!tally.isBroken()) {
                requireThatNothingLeaks(place, there);
            }
        }
    }

    private void compare(int lane, Place place, Known known)
            throws IOException, InterruptedException {
        Path target = directory.resolve("last-" + lane);
        Files.deleteIfExists(target);
        Outcome outcome = quietly(lane, place, "restore", known.id(), target.toString(), "--json");
        if (outcome.exitCode() == 0) {
            runners.get(lane).requireSame(known, target, outcome);
        }
        Files.deleteIfExists(target);
    }

    /// What is there, which must be what was acknowledged and not forgotten, and what nobody knows.
    private List<Known> listed(Place place) throws IOException, InterruptedException {
        Outcome outcome = quietly(0, place, "snapshots", "--json");
        List<Known> there = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (JsonNode row : outcome.result().orElseThrow().get("snapshots")) {
            String id = row.get("id").asString();
            int number = Integer.parseInt(row.get("tags").get("run").asString());
            Run run = main.ledger.run(number).orElseThrow();
            ids.add(id);
            there.add(new Known(id, run, place.ledger));
            if (place.ledger.state(id).equals(Optional.of(State.FORGOTTEN))) {
                tally.violation("forgotten, and there: " + row);
            }
            if (main.ledger.isRefused(run)) {
                tally.violation("its backup was fenced, and it is there: " + row);
            }
            if (!row.get("volume").asString().equals(run.volume())) {
                tally.violation("of another volume than run " + run + ": " + row);
            }
        }
        for (Known known : place.ledger.in(State.LIVE)) {
            if (!ids.contains(known.id())) {
                tally.violation(
                        "lost from %s: snapshot %s, run %d"
                                .formatted(place.name(), known.id(), known.run().number()));
            }
        }
        tally.add("snapshots in the end", there.size());
        return there;
    }

    /// When all is forgotten, nothing may stay.
    private void requireThatNothingLeaks(Place place, List<Known> there)
            throws IOException, InterruptedException {
        if (!there.isEmpty()) {
            List<String> words = new ArrayList<>(List.of("forget", "--allow-empty", "--json"));
            there.forEach(known -> words.add(known.id()));
            quietly(0, place, words.toArray(String[]::new));
        }
        quietly(0, place, "gc", "--json", "--fence-after", "0s");
        JsonNode stats = quietly(0, place, "stats", "--json").result().orElseThrow();
        if (stats.get("packs").asLong() + stats.get("snapshots").asLong() > 0) {
            tally.violation("all was forgotten and collected, and this stays: " + stats);
        }
    }

    /// Processes of ours that still run.
    static List<String> leftOver() {
        return ProcessHandle.current()
                .descendants()
                .filter(ProcessHandle::isAlive)
                .map(process -> process.info().commandLine().orElse("process " + process.pid()))
                .filter(line -> line.contains("io.godwit.cli.Main"))
                .toList();
    }

    /// How it went, in lines.
    List<String> report(double seconds) {
        List<String> lines = new ArrayList<>(ground.described());
        lines.add(
                "%d commands in %.0f s, %d snapshots acknowledged, %d copies"
                        .formatted(
                                tally.commands(),
                                seconds,
                                main.ledger.committedSoFar(),
                                other.ledger.committedSoFar()));
        lines.addAll(tally.lines());
        return lines;
    }

    void requireWell() {
        assertThat(tally.violations()).isEmpty();
        assertThat(leftOver()).as("processes left").isEmpty();
    }
}
