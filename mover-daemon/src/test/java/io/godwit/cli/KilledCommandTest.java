package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` of a real process at moments spread over its whole run, and the same command again.
@Timeout(120)
final class KilledCommandTest {
    private static final int KILLS = 8;

    @TempDir Path directory;
    private Cli cli;
    private CliProcess process;
    private Path image;

    @BeforeEach
    void backUp() throws Exception {
        cli = new Cli(directory);
        process = new CliProcess(cli);
        image = cli.image("image", 6_000_000, 0, 1);
        assertThat(cli.run("init").exitCode()).isZero();
        assertThat(cli.run("backup", "db", image.toString()).exitCode()).isZero();
    }

    private interface Check {
        void afterKill() throws Exception;
    }

    /// Kills the command at [#KILLS] moments; the last ones lie about its usual end.
    private void kill(Check check, String... words) throws Exception {
        long began = System.nanoTime();
        assertThat(process.start(words).waitFor()).isZero();
        long usual = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        for (int i = 1; i <= KILLS; i++) {
            Process killed = process.start(words);
            killed.waitFor(usual * (KILLS + i) / (2 * KILLS), TimeUnit.MILLISECONDS);
            killed.destroyForcibly().waitFor();
            check.afterKill();
        }
    }

    @Test
    void aRotationOfTheKeys() throws Exception {
        kill(
                () -> {
                    Answer listed = cli.run("key", "list", "--json");
                    assertThat(listed.exitCode()).as(listed.out()).isZero();
                    assertThat(listed.last().get("slots")).hasSize(1);
                },
                "key",
                "rotate");
        long generation = generation();
        assertThat(cli.run("key", "rotate").exitCode()).isZero();
        assertThat(generation()).isEqualTo(generation + 1);
        assertRestores();
    }

    private long generation() {
        return cli.run("key", "list", "--json").last().get("generation").asLong();
    }

    @Test
    void aRebuildOfTheIndex() throws Exception {
        String digest = cli.run("stats", "--json").last().get("indexDigest").asString();
        kill(this::assertRestores, "index", "rebuild");
        Answer again = cli.run("index", "rebuild", "--json");
        assertThat(again.exitCode()).as(again.out()).isZero();
        assertThat(again.last().get("indexDigest").asString()).isEqualTo(digest);
        assertThat(again.lines().getFirst().get("type").asString()).isNotEqualTo("warning");
        Answer other = cli.run("backup", "other", image.toString(), "--json");
        assertThat(other.last().get("newBytes").asLong()).isZero();
    }

    private void assertRestores() {
        Answer restored = cli.run("restore", "latest:db", cli.path("back"), "--force");
        assertThat(restored.exitCode()).as(restored.err()).isZero();
        assertThat(directory.resolve("back")).hasSameBinaryContentAs(image);
    }
}
