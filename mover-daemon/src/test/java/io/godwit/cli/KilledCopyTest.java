package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// `kill -9` in the midst of a copy, and the same command again.
@Timeout(120)
final class KilledCopyTest {
    private static final int SNAPSHOTS = 2;
    private static final int BYTES = 18_000_000;

    @TempDir Path directory;

    @Test
    void goesOnWhereItWasKilled() throws Exception {
        Cli cli = new Cli(directory);
        assertThat(cli.run("init").exitCode()).isZero();
        for (int i = 0; i < SNAPSHOTS; i++) {
            Path image = cli.image("image-" + i, BYTES, 0, i);
            assertThat(cli.run("backup", "db", image.toString()).exitCode()).isZero();
        }
        Path other = directory.resolve("other");
        Path key = cli.file("other.key", "y".repeat(40));
        String[] copy = {
            "copy", "--to", other.toString(), "--to-key-file", key.toString(), "--json"
        };
        assertThat(onOther(cli, other, key, "init").exitCode()).isZero();

        int before = 0;
        for (long bytes : List.of(0L, 17_000_000L, 20_000_000L)) {
            Process process = new CliProcess(cli).start(copy);
            while (process.isAlive() && stored(other) < bytes) {
                Thread.sleep(5);
            }
            process.waitFor(150, TimeUnit.MILLISECONDS);
            process.destroyForcibly().waitFor();
            int committed = snapshots(cli, other, key);
            assertThat(committed).as("nothing committed is lost").isGreaterThanOrEqualTo(before);
            before = committed;
        }
        JsonNode last = cli.run(copy).last();

        assertThat(last.get("exitCode").asInt()).isZero();
        assertThat(last.get("copied")).hasSize(SNAPSHOTS);
        assertThat(snapshots(cli, other, key)).isEqualTo(SNAPSHOTS);
        assertThat(stored(other))
                .as("what was stored before is taken over")
                .isLessThan(SNAPSHOTS * BYTES * 11L / 10);
        DamagedRepository.delete(cli.repository);
        for (int i = 0; i < SNAPSHOTS; i++) {
            Path target = directory.resolve("back-" + i);
            String id = last.get("copied").get(i).get("target").asString();
            onOther(cli, other, key, "restore", id, target.toString());
            assertThat(target).hasSameBinaryContentAs(directory.resolve("image-" + i));
        }
    }

    private static Cli.Answer onOther(Cli cli, Path other, Path key, String... words) {
        String[] line = Arrays.copyOf(words, words.length + 4);
        line[words.length] = "-r";
        line[words.length + 1] = other.toString();
        line[words.length + 2] = "--key-file";
        line[words.length + 3] = key.toString();
        return cli.call(line);
    }

    private static int snapshots(Cli cli, Path other, Path key) {
        return (int) onOther(cli, other, key, "snapshots", "--quiet").out().lines().count();
    }

    /// Bytes of whole packs in the repository.
    private static long stored(Path repository) throws IOException {
        Path packs = repository.resolve("p");
        if (!Files.isDirectory(packs)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(packs)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
