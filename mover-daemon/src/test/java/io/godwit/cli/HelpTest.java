package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import io.godwit.error.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What people read before they type: help, completions, the reference.
final class HelpTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().resolve("..").normalize();

    @TempDir Path directory;
    private Cli cli;

    @BeforeEach
    void start() {
        cli = new Cli(directory);
    }

    @ParameterizedTest
    @EnumSource(Commands.class)
    void everyCommandHasHelpWithExamples(Commands command) {
        Answer help = cli.call(command.text(), "--help");

        assertThat(help.exitCode()).isZero();
        assertThat(help.err()).isEmpty();
        assertThat(help.out())
                .startsWith("Usage: godwit " + command.text())
                .contains("\nExamples:\n  ")
                .contains("godwit")
                .endsWith("Options of every command: godwit --help\n")
                .doesNotContain("--cache-dir=DIR");
        assertThat(cli.call("help", command.text()).out()).isEqualTo(help.out());
    }

    @Test
    void backupHelpIsAsItWas() {
        assertThat(cli.call("backup", "--help").out())
                .startsWith(
                        """
                        Usage: godwit backup [OPTIONS] VOLUME SOURCE
                        Backs a volume up: reads a device, an image, an export or a stream, and stores what is new.
                        With --quiet: prints the new snapshot's id alone.
                              VOLUME                       What to call it.
                              SOURCE                       A block device, a raw image, - for standard input, or an NBD URI:
                                                           nbd://host:port/export, nbd+unix:///export?socket=PATH.
                              --parent=SNAPSHOT            auto (the newest of the volume), none, or a snapshot.
                              --changed-extents=FILE       JSON list of what changed since "base" in it, or since --parent.
                                                           Everything else is taken from there.
                        """)
                .contains("  godwit backup db /dev/vg0/db-snap\n");
    }

    @Test
    void theRootListsAllCommands() {
        String help = cli.call("--help").out();

        for (Commands command : Commands.values()) {
            assertThat(help).contains("\n  " + command.text() + " ");
        }
        assertThat(cli.call("help").out()).isEqualTo(help);
        assertThat(cli.call("--version").out()).startsWith("godwit 0.1.0");
        assertThat(cli.call().exitCode()).isEqualTo(2);
    }

    @Test
    void globalOptionsMayStandOnEitherSide() {
        cli.run("init");
        String repository = cli.repository.toString();
        String key = cli.path("key");

        assertThat(cli.call("-r", repository, "--key-file", key, "snapshots").exitCode()).isZero();
        assertThat(cli.call("snapshots", "--key-file", key, "-r", repository).exitCode()).isZero();
    }

    @Test
    void aValueMayBeCalledLikeACommand() {
        cli.run("init");
        String repository = cli.repository.toString();
        Answer answer = cli.call("-r", repository, "--key-file", "index", "snapshots");

        assertThat(answer.exitCode()).isEqualTo(4);
        assertThat(answer.err()).contains("no such key file: file=index");
    }

    @Test
    void theListOfCommandsHasWholeSentences() {
        String help = cli.call("help").out().replaceAll("\n {6,}", " ");

        for (Commands command : Commands.values()) {
            assertThat(help).containsPattern("\n  " + command.text() + " .*\\.\n");
        }
        assertThat(cli.call("help", "index").out()).contains("from what the repository holds.\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void completionsParse(String shell) throws Exception {
        String script = cli.call("completion", shell).out();

        assertThat(script).contains("snapshots", "--changed-extents");
        Path file = cli.file("completion", script);
        Process bash = new ProcessBuilder("bash", "-n", file.toString()).inheritIO().start();
        assertThat(bash.waitFor()).isZero();
    }

    @Test
    void fishGetsALineForEachWord() {
        String script = cli.call("completion", "fish").out();

        assertThat(script.lines()).allMatch(line -> line.startsWith("complete -c godwit "));
        assertThat(script)
                .contains(
                        "-n '__fish_seen_subcommand_from backup' -l changed-extents -r -d 'JSON list of what changed");
        assertThat(script).contains("-s r -l repo -r -d ");
    }

    @Test
    void otherToolsWordsAreAnsweredWithOurs() {
        for (Map.Entry<String, String> answer : Answers.all().entrySet()) {
            assertThat(Commands.named(answer.getKey())).as(answer.getKey()).isEmpty();
            String ours = answer.getValue().split(" ", 2)[0];
            assertThat(ours.startsWith("-") || Commands.named(ours).isPresent()).as(ours).isTrue();
        }
    }

    @Test
    void theLauncherKnowsWhichCommandsHash() throws IOException {
        String launcher = Files.readString(ROOT.resolve("godwit"));
        Matcher list = Pattern.compile("(?m)^hashing='([a-z|]+)'$").matcher(launcher);

        assertThat(list.find()).isTrue();
        assertThat(list.group(1).split("\\|"))
                .containsExactlyInAnyOrder(
                        Arrays.stream(Commands.values())
                                .filter(Commands::isHashing)
                                .map(Commands::text)
                                .toArray(String[]::new));
    }

    @Test
    void theReferenceIsComplete() throws IOException {
        String reference = Files.readString(ROOT.resolve("docs/cli.md"));

        String commands =
                Pattern.compile("(?m)^### `godwit ([a-z]+)")
                        .matcher(reference)
                        .results()
                        .map(found -> found.group(1))
                        .collect(Collectors.joining(" "));
        assertThat(commands).isEqualTo(String.join(" ", Commands.names()));
        for (FailureKind kind : FailureKind.values()) {
            assertThat(reference).contains("| " + kind.exitCode() + " |");
        }
        commandLines(reference)
                .forEach(
                        option ->
                                assertThat(cli.call("help").out() + allHelp())
                                        .as(option)
                                        .contains(option));
    }

    private String allHelp() {
        return Commands.names().stream()
                .map(name -> cli.call("help", name).out())
                .map(help -> help + below(help))
                .collect(Collectors.joining());
    }

    /// The help of its commands, where a command has some.
    private String below(String help) {
        return Map.of(
                        "key",
                        List.of("list", "add", "remove", "rotate"),
                        "index",
                        List.of("rebuild"),
                        "simulate",
                        List.of("repository"))
                .entrySet()
                .stream()
                .filter(command -> help.startsWith("Usage: godwit " + command.getKey() + " "))
                .flatMap(
                        command ->
                                command.getValue().stream()
                                        .map(name -> cli.call("help", command.getKey(), name)))
                .map(Cli.Answer::out)
                .collect(Collectors.joining());
    }

    private static Stream<String> commandLines(String reference) {
        return Pattern.compile("`(--[a-z-]+)")
                .matcher(reference)
                .results()
                .map(found -> found.group(1))
                .distinct();
    }
}
