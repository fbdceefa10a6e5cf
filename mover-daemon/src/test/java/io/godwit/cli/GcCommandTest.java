package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Timeout(120)
final class GcCommandTest {
    private static final int SIZE = 3_000_000;

    @TempDir Path directory;
    private Cli cli;

    @BeforeEach
    void start() {
        cli = new Cli(directory);
        assertThat(cli.run("init").exitCode()).isZero();
    }

    private Path image(int seed) throws IOException {
        byte[] content = DamagedRepository.content(SIZE, 7, 0);
        byte[] own = DamagedRepository.content(SIZE / 2, 100 + seed, 0);
        System.arraycopy(own, 0, content, 0, own.length);
        return Files.write(directory.resolve("image-" + seed), content);
    }

    private String backUp(String volume, Path image) {
        Answer answer = cli.run("backup", volume, image.toString(), "--quiet");
        assertThat(answer.exitCode()).as(answer.err()).isZero();
        return answer.out().strip();
    }

    private JsonNode gc(String... more) {
        List<String> words = new ArrayList<>(List.of("gc", "--json"));
        words.addAll(List.of(more));
        Answer answer = cli.run(words.toArray(String[]::new));
        assertThat(answer.exitCode()).as(answer.out()).isZero();
        return answer.last();
    }

    private void requireWhole(Map<String, Path> snapshots) throws IOException {
        assertThat(cli.run("snapshots", "--quiet").out().lines())
                .containsExactlyInAnyOrderElementsOf(snapshots.keySet());
        for (Map.Entry<String, Path> one : snapshots.entrySet()) {
            Path target = directory.resolve("target");
            Answer restored = cli.run("restore", one.getKey(), target.toString());
            assertThat(restored.exitCode()).as(restored.err()).isZero();
            assertThat(target).hasSameBinaryContentAs(one.getValue());
            Files.delete(target);
        }
        Answer verified = cli.run("verify", "--read-data", "--no-progress");
        assertThat(verified.exitCode()).as(verified.out() + verified.err()).isZero();
    }

    private List<Path> names(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(cli.repository.resolve(folder))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void verifyLooksAtTheRecordsOfCollectionsToo() throws IOException {
        String old = backUp("db", image(1));
        backUp("db", image(2));
        assertThat(cli.run("forget", old).exitCode()).isZero();
        gc();
        assertThat(cli.run("verify").exitCode()).isZero();

        for (Path record : names("gc")) {
            byte[] whole = Files.readAllBytes(record);
            byte[] damaged = whole.clone();
            damaged[whole.length / 2] ^= 1;
            Files.write(record, damaged);
            Answer answer = cli.run("verify");
            assertThat(answer.exitCode()).as(record.toString()).isEqualTo(5);
            assertThat(answer.out()).contains(cli.repository.relativize(record).toString());
            Files.write(record, whole);
        }
    }

    private long stored() throws IOException {
        try (Stream<Path> files = Files.walk(cli.repository)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    @Test
    void deletesWhatWasForgottenAndNothingElse() throws IOException {
        Path first = image(1);
        Path second = image(2);
        Path other = image(3);
        String gone = backUp("db", first);
        String kept = backUp("db", second);
        String mail = backUp("mail", other);
        assertThat(cli.run("forget", gone).exitCode()).isZero();
        long before = stored();

        JsonNode dry = gc("--dry-run");
        assertThat(dry.get("deletedPacks").asLong()).isZero();
        assertThat(dry.get("freedBytes").asLong()).isPositive();
        assertThat(dry.get("snapshots").findValuesAsString("state"))
                .containsExactlyInAnyOrder("kept", "kept", "collected");
        assertThat(dry.get("packs").findValuesAsString("fate")).contains("condemned", "needed");
        assertThat(stored()).isEqualTo(before);
        JsonNode result = gc();
        assertThat(result.propertyNames())
                .containsExactly(
                        "type",
                        "exitCode",
                        "generation",
                        "listedPacks",
                        "condemnedPacks",
                        "deletedPacks",
                        "freedBytes",
                        "repackedPacks",
                        "repackedBytes",
                        "waitedForSessions",
                        "fencedSessions",
                        "pendingSessions",
                        "refusedDeletions",
                        "seconds");
        assertThat(result.get("generation").asLong()).isEqualTo(1);
        assertThat(result.get("deletedPacks").asLong()).isPositive();
        assertThat(result.get("freedBytes")).isEqualTo(dry.get("freedBytes"));
        long freed = result.get("freedBytes").asLong() - result.get("repackedBytes").asLong();
        assertThat(stored()).isLessThan(before - freed / 2);

        long after = stored();
        JsonNode again = gc();
        assertThat(again.get("generation").asLong()).isEqualTo(1);
        assertThat(again.get("deletedPacks").asLong()).isZero();
        assertThat(stored()).isEqualTo(after);
        requireWhole(Map.of(kept, second, mail, other));
    }

    /// Half of a pack dies; the rest is copied, and everything finds it where it lies now.
    @Test
    void whatIsNeededOfAPackIsMovedAndFoundAgain() throws IOException {
        Path first = image(1);
        Path second = image(2);
        String gone = backUp("db", first);
        String kept = backUp("mail", second);
        assertThat(cli.run("forget", gone, "--allow-empty").exitCode()).isZero();
        assertThat(gc("--repack", "0").get("repackedPacks").asLong()).isZero();

        JsonNode result = gc();
        assertThat(result.get("repackedPacks").asLong()).isPositive();
        assertThat(result.get("repackedBytes").asLong()).isGreaterThan(SIZE / 4);
        assertThat(names("idx/root")).hasSize(1);
        requireWhole(Map.of(kept, second));
        Path copied = directory.resolve("delta");
        Files.copy(first, copied);
        Answer delta = cli.run("restore", kept, copied.toString(), "--delta", "--json");
        assertThat(delta.exitCode()).as(delta.out()).isZero();
        assertThat(copied).hasSameBinaryContentAs(second);

        Answer again = cli.run("backup", "mail", second.toString(), "--json");
        assertThat(again.exitCode()).as(again.out()).isZero();
        assertThat(again.last().get("newBytes").asLong()).as("found by look-up").isZero();
        assertThat(again.last().get("changedBytes").asLong()).as("by leaf lists").isZero();
        String digest = cli.run("stats", "--json").last().get("indexDigest").asString();
        assertThat(cli.run("index", "rebuild", "--json").last().get("indexDigest").asString())
                .isEqualTo(digest);
    }

    @Test
    void aBackupAfterwardsRefersToNothingThatIsGone() throws IOException {
        Path image = image(1);
        String gone = backUp("db", image);
        assertThat(names("idx/l0")).isNotEmpty();
        JsonNode forgotten = cli.run("forget", gone, "--allow-empty", "--gc", "--json").last();
        assertThat(forgotten.get("gc").get("deletedPacks").asLong()).isPositive();
        assertThat(stored()).isLessThan(100_000);
        assertThat(names("idx/l0")).isEmpty();

        String again = backUp("db", image);
        requireWhole(Map.of(again, image));
        assertThat(cli.run("stats", "--json").last().get("snapshots").asLong()).isEqualTo(1);
        assertThat(cli.run("index", "rebuild").exitCode()).isZero();
        assertThat(gc().get("deletedPacks").asLong()).isZero();
        requireWhole(Map.of(again, image));
    }

    @Test
    void bringsBackWhatIsNotCollected() throws IOException {
        Path first = image(1);
        Path second = image(2);
        String gone = backUp("db", first);
        String kept = backUp("db", second);
        assertThat(cli.run("undelete", gone).exitCode()).as("not forgotten").isEqualTo(2);
        assertThat(cli.run("forget", gone).exitCode()).isZero();

        Answer back = cli.run("undelete", gone.substring(0, 8), "--json");
        assertThat(back.exitCode()).as(back.out()).isZero();
        String id = back.last().get("snapshot").asString();
        assertThat(cli.run("undelete", gone).exitCode()).as("back already").isEqualTo(2);
        gc();
        requireWhole(Map.of(id, first, kept, second));

        assertThat(cli.run("forget", id).exitCode()).isZero();
        gc();
        Answer late = cli.run("undelete", id);
        assertThat(late.exitCode()).isEqualTo(4);
        assertThat(late.err().lines()).hasSize(1);
        requireWhole(Map.of(kept, second));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10m", "0s"})
    void collectsWhileOthersBackUp(String fenceAfter) throws Exception {
        Map<String, Path> committed = new HashMap<>();
        List<Path> images = List.of(image(1), image(2), image(3));
        backUp("seed", images.getFirst());
        backUp("seed", images.getLast());
        cli.run("forget", "latest:seed", "--allow-empty");
        cli.run("forget", "latest:seed", "--allow-empty");
        try (ExecutorService writers = Executors.newFixedThreadPool(2)) {
            List<Future<Answer>> running = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                String image = images.get(i % 3).toString();
                String volume = "volume-" + i % 2;
                running.add(writers.submit(() -> cli.run("backup", volume, image, "--quiet")));
            }
            while (!running.getLast().isDone()) {
                gc("--fence-after", fenceAfter);
            }
            for (int i = 0; i < running.size(); i++) {
                Answer answer = running.get(i).get();
                assertThat(answer.exitCode())
                        .as(answer.err())
                        .isIn(fenceAfter.equals("0s") ? List.of(0, 6) : List.of(0));
                if (answer.exitCode() == 0) {
                    committed.put(answer.out().strip(), images.get(i % 3));
                }
            }
        }
        gc();
        requireWhole(committed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gc --fence-after 5 | 2 | time not understood: --fence-after=5",
                "gc --fence-after -1m | 2 | time not understood",
                "undelete ffff | 4 | no forgotten snapshot: ffff"
            })
    void refusesWhatItCannotMean(String line, int exitCode, String sentence) {
        Answer answer = cli.run(line.split(" "));
        assertThat(answer.exitCode()).as(answer.err()).isEqualTo(exitCode);
        assertThat(answer.err()).contains(sentence);
        assertThat(answer.err().lines()).hasSize(1);
    }
}
