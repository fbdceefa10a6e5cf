package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Names that would mean something to a file system, a shell, a URL or this command line are names
/// like any other.
final class VolumeNamesTest {
    @TempDir Path directory;
    private Cli cli;

    @BeforeEach
    void start() {
        cli = new Cli(directory);
        assertThat(cli.run("init").exitCode()).isZero();
    }

    static List<String> names() {
        return List.of(
                "two words",
                " spaces around ",
                "/dev/vg0/db",
                "a/b/../../../c",
                "..",
                ".",
                "*",
                "$(reboot) `x` 'y' \"z\" \\",
                "Grünspecht-日本語-🐦",
                "\u00e9 is not e\u0301",
                "db@home",
                "db@2026-11-22T10:00Z",
                "latest:x",
                "latest:",
                "c:\\volume",
                "a:b@c:d@",
                "-rf",
                "--help",
                "-",
                "deadbeef",
                "x".repeat(1024),
                "é".repeat(512));
    }

    @ParameterizedTest
    @MethodSource("names")
    void isBackedUpListedShownRestoredAndForgotten(String name) throws IOException {
        Path yesterday = cli.image("yesterday", 9000, 0, 1);
        Path today = cli.image("today", 9000, 0, 2);
        String first = backUp(name, yesterday, "2026-01-01T00:00:00Z");
        String second = backUp(name, today, "2026-01-02T00:00:00Z");
        backUp("bystander", today, "2026-01-03T00:00:00Z");

        assertThat(rows(name)).hasSize(2);
        assertThat(run("volumes", "--quiet").out().lines()).contains(name);
        assertThat(run("snapshots").out()).contains(name);
        assertThat(idOf("latest:" + name)).isEqualTo(second);
        assertThat(idOf(name + "@2026-01-01T12:00Z")).isEqualTo(first);
        assertRestores("latest:" + name, today);
        assertRestores(name + "@2026-01-01T00:00:00Z", yesterday);
        assertThat(run("diff", "--", name + "@2026-01-01T12:00Z", "latest:" + name).out())
                .contains("\"offset\"");
        run("forget", "--", "latest:" + name);
        assertThat(idOf("latest:" + name)).isEqualTo(first);
        run("forget", "--allow-empty", "--", name + "@2026-02-01T00:00Z");
        assertThat(run("volumes", "--quiet").out()).isEqualTo("bystander\n");
    }

    /// A name that looks like an option cannot be the value of one.
    private List<JsonNode> rows(String name) {
        String[] words =
                name.matches("-.+")
                        ? new String[] {"snapshots", "--json"}
                        : new String[] {"snapshots", "--json", "--volume=" + name};
        return run(words)
                .last()
                .get("snapshots")
                .valueStream()
                .filter(row -> row.get("volume").asString().equals(name))
                .toList();
    }

    private String backUp(String name, Path image, String time) {
        return run("backup", "--quiet", "--time", time, "--", name, image.toString()).out().strip();
    }

    private String idOf(String snapshot) {
        JsonNode rows = run("show", "--json", "--", snapshot).last().get("snapshots");
        return rows.get(0).get("id").asString();
    }

    private void assertRestores(String snapshot, Path expected) {
        Path target = directory.resolve("target");
        run("restore", "--force", "--", snapshot, target.toString());
        assertThat(target).hasSameBinaryContentAs(expected);
    }

    /// The options of the repository stand before the command, as `--` ends all options.
    private Answer run(String... words) {
        List<String> line = new ArrayList<>();
        line.addAll(List.of("-r", cli.repository.toString(), "--key-file", cli.path("key")));
        line.addAll(List.of(words));
        Answer answer = cli.call(line.toArray(String[]::new));
        assertThat(answer.exitCode()).as(String.join(" ", words) + answer.err()).isZero();
        assertThat(answer.err()).isEmpty();
        return answer;
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0000", "a\tb", "a\nb", "\u001b[2J", "\u007f", "a\u0085b"})
    void isRefusedWithAControlCharacter(String name) throws IOException {
        assertRefused(name);
    }

    @Test
    void isRefusedWhenItIsNotUnicode() throws IOException {
        assertRefused("half a pair \ud83d");
    }

    @Test
    void isMeasuredInBytes() throws IOException {
        assertRefused("x".repeat(1025));
        assertRefused("é".repeat(512) + "x");
        assertRefused("");
    }

    private void assertRefused(String name) throws IOException {
        Path image = cli.image("image", 9000, 0, 1);
        Answer answer = cli.run("backup", name, image.toString());

        assertThat(answer.exitCode()).isEqualTo(2);
        assertThat(answer.err().lines()).hasSize(1);
        assertThat(answer.err().getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(500);
        assertThat(answer.err().strip())
                .as("nothing that a terminal obeys")
                .doesNotMatch(".*\\p{Cc}.*");
        assertThat(cli.run("volumes", "--quiet").out()).isEmpty();
    }
}
