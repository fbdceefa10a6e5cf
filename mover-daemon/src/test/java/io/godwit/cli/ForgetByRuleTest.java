package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

final class ForgetByRuleTest {
    @TempDir Path directory;
    private Cli cli;
    private String image;

    @BeforeEach
    void backUp() throws IOException {
        cli = new Cli(directory);
        cli.clock = () -> Instant.parse("2026-11-22T12:00:00Z");
        image = cli.image("image", 5000, 0, 1).toString();
        assertThat(cli.run("init").exitCode()).isZero();
        for (int day = 10; day < 20; day++) {
            backUp("db", "2026-11-" + day + "T10:00:00Z");
        }
        backUp("db", "2026-11-12T09:00:00Z", "--tag", "keep=why not");
        backUp("mail", "2026-11-01T10:00:00Z");
    }

    private void backUp(String volume, String time, String... more) {
        List<String> words = new ArrayList<>(List.of("backup", volume, image, "--time", time));
        words.addAll(List.of(more));
        Answer answer = cli.run(words.toArray(String[]::new));
        assertThat(answer.exitCode()).as(answer.err()).isZero();
    }

    private List<String> left(String volume) {
        List<String> times = new ArrayList<>();
        JsonNode result = cli.run("snapshots", "--volume", volume, "--json").last();
        result.get("snapshots").forEach(row -> times.add(row.get("time").asString()));
        return times;
    }

    @Test
    void keepsWhatAnyRuleKeeps() {
        Answer dry = cli.run("forget", "--dry-run", "--keep-daily", "2", "--json");
        assertThat(dry.last().get("forgotten")).hasSize(8);
        assertThat(left("db")).hasSize(11);
        assertThat(dry.last().get("kept").get(0).get("reasons").get(0).asString())
                .isEqualTo("daily 2026-11-19");

        Answer answer = cli.run("forget", "--keep-daily", "2", "--json");
        assertThat(answer.exitCode()).isZero();
        assertThat(answer.last().get("forgotten")).hasSize(8);
        assertThat(left("db"))
                .containsExactly(
                        "2026-11-12T09:00:00Z", "2026-11-18T10:00:00Z", "2026-11-19T10:00:00Z");
        assertThat(left("mail")).hasSize(1);
        assertThat(cli.run("forget", "--keep-daily", "2", "--json").last().get("forgotten"))
                .isEmpty();
    }

    @Test
    void saysWhyForPeople() {
        String out = cli.run("forget", "--dry-run", "--keep-weekly", "1", "--volume", "db").out();
        assertThat(out)
                .contains("weekly 2026-W47", "tag keep", "Would forget")
                .doesNotContain("mail")
                .endsWith("9 to forget, 2 snapshots of the same volumes left.\n");
    }

    @Test
    void aVolumeIsEmptiedOnlyWhenThatIsMeant() {
        Answer refused = cli.run("forget", "--keep-tag", "keep");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("mail", "--allow-empty");
        assertThat(left("db")).hasSize(11);
        assertThat(cli.run("forget", "--keep-tag", "keep", "--allow-empty").exitCode()).isZero();
        assertThat(left("db")).containsExactly("2026-11-12T09:00:00Z");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "forget | 2 | nothing is named to be forgotten",
                "forget --volume db | 2 | nothing is named",
                "forget --keep-last 0 | 2 | nothing is named",
                "forget latest:db --keep-last 1 | 2 | snapshots are named and rules are given",
                "forget latest:db --volume db | 2 | snapshots are named and rules are given",
                "forget --keep-last -1 | 2 | --keep-last is too small",
                "forget --keep-daily x | 2 | x",
                "forget --keep-within 5 | 2 | length of time not understood: 5",
                "forget --keep-last 1 --timezone Berlin | 2 | no such time zone",
                "forget --keep-tag =x | 2 | tag not understood",
                "forget --keep-last 1 --volume none | 4 | volume has no snapshot: none"
            })
    void refusesWhatItCannotMean(String line, int exitCode, String sentence) {
        Answer answer = cli.run(line.split(" "));
        assertThat(answer.exitCode()).as(answer.err()).isEqualTo(exitCode);
        assertThat(answer.err()).contains(sentence);
        assertThat(answer.err().lines()).hasSize(1);
    }
}
