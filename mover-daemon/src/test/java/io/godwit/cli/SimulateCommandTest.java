package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

final class SimulateCommandTest {
    @TempDir Path directory;
    private Cli cli;

    @BeforeEach
    void start() {
        cli = new Cli(directory);
    }

    @Test
    void runsEachSeedTwiceAndCounts() {
        Answer answer = cli.call("simulate", "repository", "--seeds", "3..5", "--json");
        assertThat(answer.exitCode()).isZero();
        JsonNode result = answer.last();
        assertThat(result.get("seeds").asLong()).isEqualTo(3);
        assertThat(result.get("histories").asLong()).isEqualTo(6);
        assertThat(result.get("steps").asLong()).isGreaterThan(100);
        assertThat(result.has("violation")).isFalse();
    }

    @Test
    void showsEveryStepOfOneSeed() {
        Answer answer = cli.call("simulate", "repository", "--seed", "3", "--trace");
        assertThat(answer.exitCode()).isZero();
        assertThat(answer.out())
                .contains("store: put s/", "clean: ")
                .endsWith("no rule broken.\n")
                .isEqualTo(withTimeOf(answer, "simulate", "repository", "--seed", "3", "--trace"));
    }

    /// The same again, but for the seconds it took.
    private String withTimeOf(Answer first, String... again) {
        String out = cli.call(again).out();
        int cut = out.lastIndexOf("1 seed in ");
        return out.substring(0, cut) + first.out().substring(first.out().lastIndexOf("1 seed in "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--trace", "--seeds=many", "--seed=1 --seconds=2", "--seeds=1..x"})
    void refusesWhatMakesNoSense(String options) {
        String[] line = ("simulate repository " + options).split(" ", -1);
        assertThat(cli.call(line).exitCode()).isEqualTo(2);
    }
}
