package io.godwit.chaos;

import io.godwit.chaos.ChildProcess.Outcome;
import io.godwit.chaos.Ledger.Known;
import io.godwit.chaos.Ledger.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// Runs the commands of one lane, does to them what was drawn, and judges how they ended.
final class Runner {
    /// Commands whose sessions a collector may fence.
    private static final Set<String> SESSIONS = Set.of("backup", "undelete", "copy");

    /// What becomes of a reader whose snapshot somebody forgets and collects.
    private static final Set<Integer> WITHDRAWN = Set.of(3, 4);

    private final int number;
    private final Ground ground;
    private final Tally tally;
    private final Path home;
    private final Optional<Path> launcher;

    Runner(int number, Ground ground, Tally tally, Path home, Optional<Path> launcher)
            throws IOException {
        this.number = number;
        this.ground = ground;
        this.tally = tally;
        this.home = Files.createDirectories(home);
        this.launcher = launcher;
    }

    int number() {
        return number;
    }

    Path home() {
        return home;
    }

    /// What will be done to the next command.
    Blow blow(SplittableRandom random) {
        int kind = random.nextInt(100);
        double at = random.nextDouble() * 1.1;
        if (kind < 40) {
            return new Blow.None();
        } else if (kind < 62) {
            return new Blow.Kill(at);
        } else if (kind < 70) {
            return random.nextBoolean()
                    ? new Blow.Ask("INT", 130, at)
                    : new Blow.Ask("TERM", 143, at);
        } else if (kind < 82) {
            return new Blow.Pause(at, 1000 + random.nextLong(6000));
        }
        return ground.blow(random);
    }

    /// Runs a command on a repository.
    ///
    /// @param codes that it may end with when nothing happens to it
    /// @param needs snapshots that it reads or removes: when somebody else is about to remove them,
    ///     it may end otherwise
    Outcome run(
            String kind,
            Place place,
            Blow blow,
            Set<Integer> codes,
            List<String> words,
            Known... needs)
            throws IOException, InterruptedException {
        return run(kind, place, place, blow, codes, words, needs);
    }

    /// The same for a command that reads one repository and writes to another.
    Outcome run(
            String kind,
            Place read,
            Place written,
            Blow blow,
            Set<Integer> codes,
            List<String> words,
            Known... needs)
            throws IOException, InterruptedException {
        long collections = written.collections();
        long troubles = ground.troubles(number);
        Outcome outcome = struck(kind, blow, start(read, words));
        tally.ended(kind, blow, outcome.exitCode());
        Set<Integer> allowed = new TreeSet<>(codes);
        allowed.addAll(blow.codes());
        if (ground.troubles(number) != troubles) {
            allowed.addAll(Set.of(6, 8));
        }
        if (SESSIONS.contains(kind) && written.collections() != collections) {
            allowed.add(6);
        }
        for (Known needed : needs) {
            if (isGoing(needed)) {
                allowed.addAll(WITHDRAWN);
            }
        }
        judge(outcome, blow, allowed);
        if (blow instanceof Blow.None && outcome.exitCode() == 0) {
            tally.took(kind, outcome.seconds());
        }
        return outcome;
    }

    private boolean isGoing(Known known) {
        return !known.ledger().state(known.id()).equals(Optional.of(State.LIVE));
    }

    ChildProcess start(Place place, List<String> words) throws IOException {
        List<String> line = new java.util.ArrayList<>(words);
        line.addAll(place.options(number));
        line.addAll(List.of("--cache-dir", home.resolve("cache").toString()));
        line.addAll(List.of("--state-dir", home.resolve("state").toString()));
        line.add("--no-progress");
        Map<String, String> environment = new TreeMap<>(ground.environment());
        return ChildProcess.start(home, launcher, environment, line);
    }

    private Outcome struck(String kind, Blow blow, ChildProcess child)
            throws IOException, InterruptedException {
        double usual = tally.usualSeconds(kind) * 1000;
        switch (blow) {
            case Blow.None none -> {}
            case Blow.Kill kill -> {
                if (child.runsAfter((long) (kill.at() * usual))) {
                    child.kill();
                }
            }
            case Blow.KillAt kill -> ground.watch(number, kill, child::kill);
            case Blow.Ask ask -> {
                if (child.runsAfter((long) (ask.at() * usual))) {
                    child.signal(ask.signal());
                }
            }
            case Blow.Pause pause -> {
                if (child.runsAfter((long) (pause.at() * usual))) {
                    child.signal("STOP");
                    Thread.sleep(pause.millis());
                    child.signal("CONT");
                }
            }
            case Blow.Cut cut -> during(cut, child, (long) (cut.at() * usual), cut.millis());
            case Blow.Fill fill -> during(fill, child, (long) (fill.at() * usual), fill.millis());
        }
        Outcome outcome = child.await();
        if (blow instanceof Blow.KillAt kill) {
            ground.watch(number, kill, () -> {});
        }
        return outcome;
    }

    private void during(Blow blow, ChildProcess child, long after, long millis)
            throws IOException, InterruptedException {
        if (child.runsAfter(after)) {
            ground.begin(number, blow);
            try {
                Thread.sleep(millis);
            } finally {
                ground.end(number, blow);
            }
        }
    }

    private void judge(Outcome outcome, Blow blow, Set<Integer> allowed) {
        boolean ended = outcome.exitCode() != 137;
        String err = outcome.err();
        if (outcome.stuck()) {
            violation("stuck", outcome, blow);
        } else if (!allowed.contains(outcome.exitCode())) {
            violation("exit code is none of " + allowed, outcome, blow);
        } else if (ended && (err.contains("unexpected: ") || err.contains("\tat "))) {
            violation("a defect", outcome, blow);
        } else if (outcome.exitCode() == 0 && outcome.result().isEmpty() && isJson(outcome)) {
            violation("no result", outcome, blow);
        }
    }

    private static boolean isJson(Outcome outcome) {
        return outcome.words().contains("--json");
    }

    private void violation(String what, Outcome outcome, Blow blow) {
        tally.violation("lane %d: %s: %s%n%s".formatted(number, what, blow, outcome.told()));
    }

    void requireSame(Known known, Path target, Outcome outcome) throws IOException {
        long wrong = known.run().content().mismatch(target);
        if (wrong >= 0) {
            tally.violation(
                    "lane %d: wrong byte at %d of snapshot %s, run %d of %s%n%s"
                            .formatted(
                                    number,
                                    wrong,
                                    known.id(),
                                    known.run().number(),
                                    known.run().volume(),
                                    outcome.told()));
        }
        tally.add("restored and compared", 1);
    }

    void countCollection(JsonNode result) {
        tally.add("packs deleted", result.get("deletedPacks").asLong());
        tally.add("sessions waited for", result.get("waitedForSessions").asLong());
        tally.add("sessions fenced", result.get("fencedSessions").asLong());
    }
}
