package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Clocks that jump between two backups: what was backed up last is the latest, and the parent of
/// the next.
final class WrongClockTest {
    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");

    @TempDir Path directory;
    private Cli cli;
    private final List<String> ids = new ArrayList<>();

    @BeforeEach
    void start() {
        cli = new Cli(directory);
        cli.clock = () -> START;
        assertThat(cli.run("init").exitCode()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {-3600, -1, 0, 1, 3600})
    void latestIsWhatWasBackedUpLast(int jump) throws IOException {
        backUp(0);
        cli.clock = () -> START.plusSeconds(jump);
        Answer second = backUp(1);
        cli.clock = () -> START.plusSeconds(60);
        backUp(2);

        assertThat(second.out().contains("\"clock-behind\"")).isEqualTo(jump <= 0);
        assertThat(cli.run("snapshots", "--quiet").out().lines()).containsExactlyElementsOf(ids);
        assertThat(cli.run("verify", "--read-data").exitCode()).isZero();
    }

    /// Nobody is fenced by a clock: a session that began in the future or in the past commits.
    @Test
    void aClockThatJumpsDuringARunFencesNobody() throws IOException {
        Clock real = Clock.systemUTC();
        for (Duration step : List.of(Duration.ofHours(1), Duration.ofHours(-1))) {
            Instant[] now = {real.instant()};
            cli.clock =
                    () -> {
                        now[0] = now[0].plus(step);
                        return now[0];
                    };
            assertThat(run("backup", "jumping", image(ids.size()).toString()).exitCode()).isZero();
            ids.add("");
        }
        cli.clock = real;
        assertThat(cli.run("snapshots", "--volume", "jumping", "--quiet").out().lines()).hasSize(2);
    }

    /// Of two machines one is a year ahead: nothing is lost in collections by either, and rules keep
    /// what seems to come from the future.
    @Test
    void aMachineThatIsAYearAheadHarmsNobody() throws IOException {
        InstantSource right = () -> START;
        InstantSource ahead = () -> START.plus(Duration.ofDays(365));
        Map<String, Path> images = new HashMap<>();
        for (InstantSource clock : List.of(right, ahead, right, ahead)) {
            cli.clock = clock;
            Path image = image(images.size());
            String id = run("backup", "db", image.toString()).last().get("snapshot").asString();
            images.put(id, image);
            Answer forgotten = cli.run("forget", "--keep-last", "2", "--json");
            assertThat(forgotten.exitCode()).isZero();
            forgotten
                    .last()
                    .get("forgotten")
                    .forEach(gone -> images.remove(gone.get("id").asString()));
            assertThat(cli.run("gc").exitCode()).isZero();
        }
        assertThat(images).hasSizeBetween(2, 4);
        assertThat(cli.run("snapshots", "--quiet").out().lines())
                .containsExactlyInAnyOrderElementsOf(images.keySet());
        for (Map.Entry<String, Path> one : images.entrySet()) {
            assertThat(cli.run("restore", one.getKey(), cli.path("copy"), "--force").exitCode())
                    .isZero();
            assertThat(directory.resolve("copy")).hasSameBinaryContentAs(one.getValue());
        }
    }

    /// A time that somebody gave is believed, and what lies far in the future is not the latest.
    @Test
    void aTimeThatWasGivenIsKept() throws IOException {
        backUp(0);
        Path image = image(9);
        for (String time : List.of("2026-01-01T00:00:00Z", "2036-01-01T00:00:00Z")) {
            run("backup", "db", image.toString(), "--time", time);
        }
        cli.clock = () -> START.plusSeconds(5);

        backUp(1);
        assertThat(cli.run("snapshots").out()).contains("2026-01-01 00:00", "2036-01-01 00:00");
    }

    private Answer backUp(int day) throws IOException {
        Path image = image(day);
        Answer answer = run("backup", "db", image.toString());
        JsonNode result = answer.last();
        if (!ids.isEmpty()) {
            assertThat(result.get("parent").asString()).isEqualTo(ids.getLast());
        }
        ids.add(result.get("snapshot").asString());
        Path target = directory.resolve("target");
        run("restore", "latest:db", target.toString(), "--force");
        assertThat(target).as("the latest").hasSameBinaryContentAs(image);
        return answer;
    }

    private Path image(int day) throws IOException {
        return Files.write(
                directory.resolve("image-" + day), DamagedRepository.content(50_000, day, 0));
    }

    private Answer run(String... words) {
        List<String> line = new ArrayList<>(List.of(words));
        line.add("--json");
        Answer answer = cli.run(line.toArray(String[]::new));
        assertThat(answer.exitCode()).as(answer.err()).isZero();
        return answer;
    }
}
