package io.godwit.chaos;

import io.godwit.chaos.ChildProcess.Outcome;
import io.godwit.chaos.Ledger.Known;
import io.godwit.chaos.Ledger.Run;
import io.godwit.chaos.Ledger.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;

/// One thread that runs one command after the other; what it does, and what is done to it, follows
/// from the seed and its number.
final class Lane {
    private static final int VOLUMES = 4;

    /// Above this many, forgetting is what a lane does most.
    private static final int LIVE = 14;

    private static final Set<Integer> DONE = Set.of(0);

    private final Runner runner;
    private final Place main;
    private final Place other;
    private final Path home;
    private final SplittableRandom random;

    Lane(Runner runner, Place main, Place other, SplittableRandom random) {
        this.runner = runner;
        this.main = main;
        this.other = other;
        this.home = runner.home();
        this.random = random;
    }

    /// The next command.
    void step() throws IOException, InterruptedException {
        int kind = random.nextInt(100);
        Place place = random.nextInt(5) == 0 ? other : main;
        Blow blow = runner.blow(random);
        boolean crowded = place.ledger.in(State.LIVE).size() > LIVE;
        if (kind < 38) {
            if (crowded && place == main) {
                forget(place, blow);
            } else {
                backUp(blow);
            }
        } else if (kind < 53) {
            restore(place, blow);
        } else if (kind < 68) {
            collect(place, blow);
        } else if (kind < 78) {
            forget(place, blow);
        } else if (kind < 84) {
            undelete(place, blow);
        } else if (kind < 90) {
            verify(place, blow);
        } else {
            copy(blow);
        }
    }

    private List<String> words(String... words) {
        return new ArrayList<>(List.of(words));
    }

    private void backUp(Blow blow) throws IOException, InterruptedException {
        String volume = "volume-" + random.nextInt(VOLUMES);
        Optional<Known> base = main.ledger.newest(volume);
        boolean fresh = base.isEmpty() || random.nextInt(12) == 0;
        Content content =
                fresh ? Content.random(random) : base.get().run().content().changed(random);
        Run run = main.ledger.begin(volume, content);
        Path image = home.resolve("image");
        content.write(image);
        List<String> words = words("backup", volume, image.toString(), "--json");
        words.addAll(List.of("--tag", "run=" + run.number()));
        int way = random.nextInt(10);
        if (!fresh && way < 4) {
            Path list = home.resolve("changes.json");
            Known from = base.get();
            Files.writeString(list, content.changesSince(from.run().content(), from.id()));
            words.addAll(List.of("--changed-extents", list.toString()));
        } else if (way == 4) {
            words.addAll(List.of("--parent", "none"));
        }
        if (random.nextInt(3) == 0) {
            // Long enough for heartbeats.
            words.addAll(List.of("--limit-read", "4MiB"));
        }
        Outcome outcome = runner.run("backup", main, blow, DONE, words);
        outcome.result()
                .ifPresent(result -> main.ledger.committed(result.get("snapshot").asString(), run));
        if (outcome.exitCode() == 6) {
            main.ledger.refused(run);
        }
    }

    private void restore(Place place, Blow blow) throws IOException, InterruptedException {
        Optional<Known> chosen = place.ledger.pick(State.LIVE, random);
        if (chosen.isEmpty()) {
            return;
        }
        Known known = chosen.get();
        Path target = home.resolve("target-" + random.nextInt(2));
        List<String> words = words("restore", known.id(), target.toString(), "--json", "--force");
        switch (random.nextInt(4)) {
            case 0 -> words.add("--delta");
            case 1 -> words.add("--sparse");
            case 2 -> words.add("--verify");
            default -> Files.deleteIfExists(target);
        }
        Outcome outcome = runner.run("restore", place, blow, DONE, words, known);
        if (outcome.exitCode() == 137 && random.nextBoolean()) {
            List<String> again =
                    words("restore", known.id(), target.toString(), "--resume", "--force");
            outcome = runner.run("restore", place, new Blow.None(), DONE, again, known);
        }
        if (outcome.exitCode() == 0) {
            runner.requireSame(known, target, outcome);
        }
    }

    private void collect(Place place, Blow blow) throws IOException, InterruptedException {
        String patience = List.of("0s", "1s", "3s", "5s").get(random.nextInt(4));
        place.collectionBegins();
        try {
            Outcome outcome =
                    runner.run(
                            "gc",
                            place,
                            blow,
                            DONE,
                            words("gc", "--json", "--fence-after", patience));
            outcome.result().ifPresent(runner::countCollection);
        } finally {
            place.collectionEnds();
        }
    }

    private void forget(Place place, Blow blow) throws IOException, InterruptedException {
        Optional<Known> claimed = place.ledger.claim(random);
        if (claimed.isEmpty()) {
            return;
        }
        Known known = claimed.get();
        List<String> words = words("forget", known.id(), "--json");
        boolean last = random.nextInt(3) == 0;
        if (last) {
            words.add("--allow-empty");
        }
        Outcome outcome =
                runner.run("forget", place, blow, last ? DONE : Set.of(0, 2), words, known);
        if (outcome.exitCode() == 0 || outcome.result().isPresent()) {
            place.ledger.set(known.id(), State.FORGOTTEN);
        } else if (outcome.exitCode() == 2) {
            place.ledger.set(known.id(), State.LIVE);
        }
    }

    private void undelete(Place place, Blow blow) throws IOException, InterruptedException {
        Optional<Known> chosen = place.ledger.pick(State.FORGOTTEN, random);
        if (chosen.isEmpty()) {
            return;
        }
        Known known = chosen.get();
        place.ledger.set(known.id(), State.BACK);
        Outcome outcome =
                runner.run(
                        "undelete",
                        place,
                        blow,
                        Set.of(0, 4),
                        words("undelete", known.id(), "--json"));
        outcome.result()
                .ifPresent(
                        result ->
                                place.ledger.committed(
                                        result.get("snapshot").asString(), known.run()));
        if (outcome.exitCode() == 6) {
            place.ledger.set(known.id(), State.FORGOTTEN);
        }
    }

    private void verify(Place place, Blow blow) throws IOException, InterruptedException {
        List<String> words = words("verify", "--json");
        if (random.nextInt(3) == 0) {
            words.add("--read-data=20%");
        }
        runner.run("verify", place, blow, DONE, words);
    }

    private void copy(Blow blow) throws IOException, InterruptedException {
        List<String> words = words("copy", "--json");
        words.addAll(List.of("--to", other.url(runner.number())));
        words.addAll(List.of("--to-key-file", other.key().toString()));
        Optional<Known> chosen = main.ledger.pick(State.LIVE, random);
        if (chosen.isEmpty()) {
            return;
        }
        words.add(chosen.get().id());
        if (random.nextInt(4) == 0) {
            words.add("--verify");
        }
        Outcome outcome = runner.run("copy", main, other, blow, DONE, words, chosen.get());
        outcome.result().ifPresent(result -> copied(result.get("copied")));
    }

    private void copied(JsonNode rows) {
        for (JsonNode row : rows) {
            main.ledger
                    .runOf(row.get("source").asString())
                    .ifPresent(run -> other.ledger.committed(row.get("target").asString(), run));
        }
    }
}
