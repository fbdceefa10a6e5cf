package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Calls that are wrong: the exit code, and one sentence that says what would be right.
final class MisuseTest {
    @TempDir Path directory;
    private Cli cli;

    @BeforeEach
    void start() {
        cli = new Cli(directory);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "snapshts               | unknown command: snapshts; did you mean: godwit snapshots",
                "check                  | unknown command: check; did you mean: godwit verify",
                "prune                  | unknown command: prune; did you mean: godwit gc",
                "dump                   | unknown command: dump; did you mean: godwit restore SNAPSHOT -",
                "cat                    | unknown command: cat; did you mean: godwit restore SNAPSHOT -",
                "ls                     | unknown command: ls; did you mean: godwit snapshots",
                "list                   | unknown command: list; did you mean: godwit snapshots",
                "mount                  | unknown command: mount; did you mean: godwit restore SNAPSHOT FILE",
                "quux                   | unknown command: quux; see godwit --help",
                "help quux              | unknown command: quux; see godwit --help",
                "snapshots --jsn        | unknown option: --jsn; did you mean: --json",
                "snapshots --xyzzy      | unknown option: --xyzzy; see godwit snapshots --help",
                "show                   | missing: SNAPSHOT; see godwit show --help",
                "backup                 | missing: VOLUME SOURCE; see godwit backup --help",
                "show a b               | too many arguments: b; see godwit show --help",
                "completion ksh         | unknown shell: ksh; use bash, zsh or fish",
                "snapshots              | no repository is given; use -r URL or GODWIT_REPO",
            })
    void wrongCallsAreAnsweredInOneSentence(String line, String sentence) {
        Answer answer = cli.call(line.split(" "));

        assertThat(answer.exitCode()).isEqualTo(2);
        assertThat(answer.err()).isEqualTo("godwit: " + sentence + "\n");
        assertThat(answer.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "backup /dev/vg0/db          | godwit backup db /dev/vg0/db",
                "-r repo backup db.img --json| godwit -r repo backup db db.img --json",
                "backup - --tag a=b          | godwit backup NAME - --tag a=b",
            })
    void aBackupWithoutANameIsCorrected(String line, String corrected) {
        Answer answer = cli.call(line.split(" "));

        assertThat(answer.exitCode()).isEqualTo(2);
        assertThat(answer.err())
                .isEqualTo(
                        "godwit: the volume has no name; say what to call it: " + corrected + "\n");
    }

    @Test
    void aCorrectedLineCanBePasted() {
        Answer answer = cli.call("backup", "/dev/it's here");

        assertThat(answer.err()).endsWith("godwit backup 'it'\\''s here' '/dev/it'\\''s here'\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--memory 4Q       | size not understood: --memory=4Q",
                "--memory 1MiB     | memory limit too small",
                "--threads 0       | --threads is too small: 0",
                "--limit-read fast | size not understood: --limit-read=fast",
                "--limit-upload 0  | rate is zero: --limit-upload=0",
                "--tag x           | tag not understood: x",
                "--time noon       | time not understood: --time=noon",
                "--audit -1        | --audit is too small: -1",
                "--threads many    | invalid value for option '--threads'",
                "--parent 123456   | no such snapshot: 123456",
            })
    void wrongValuesAreRefused(String option, String sentence) throws IOException {
        cli.run("init");
        String image = cli.image("image", 8192, 0, 1).toString();
        String[] words = ("backup db " + image + " " + option).split(" ");
        Answer answer = cli.run(words);

        assertThat(answer.exitCode()).isEqualTo(option.contains("parent") ? 4 : 2);
        assertThat(answer.err()).startsWith("godwit: " + sentence);
    }

    @Test
    void aControlCharacterIsNoName() throws IOException {
        cli.run("init");
        String image = cli.image("image", 8192, 0, 1).toString();

        assertThat(cli.run("backup", "a\tb", image).exitCode()).isEqualTo(2);
        assertThat(cli.run("backup", "", image).exitCode()).isEqualTo(2);
        assertThat(cli.run("backup", "x".repeat(1025), image).exitCode()).isEqualTo(2);
        assertThat(cli.run("backup", "x".repeat(1024), image).exitCode()).isZero();
    }

    @Test
    void whatIsNotThereIsNotFound() throws IOException {
        assertThat(cli.run("snapshots").exitCode()).isEqualTo(4);
        cli.run("init");
        String image = cli.image("image", 8192, 0, 1).toString();
        cli.run("backup", "db", image);

        Answer nothing = cli.run("backup", "db", cli.path("nothing"));
        assertThat(nothing.exitCode()).isEqualTo(4);
        assertThat(nothing.err()).endsWith("; look at the name\n");
        assertThat(cli.run("show", "latest:web").exitCode()).isEqualTo(4);
        assertThat(cli.run("show", "db@1999-01-01T00:00Z").exitCode()).isEqualTo(4);
        Answer answer = cli.run("restore", "feed", cli.path("x"), "--json");
        assertThat(answer.exitCode()).isEqualTo(4);
        JsonNode error = answer.last();
        assertThat(error.get("type").asString()).isEqualTo("error");
        assertThat(error.get("kind").asString()).isEqualTo("not-found");
        assertThat(error.get("exitCode").asInt()).isEqualTo(4);
        assertThat(error.get("message").asString()).isEqualTo("no such snapshot: feed");
        assertThat(error.get("hint").asString()).isNotEmpty();
    }

    @Test
    void misuseIsAnErrorForProgramsToo() {
        Answer answer = cli.call("snapshots", "--json", "--xyzzy");

        assertThat(answer.exitCode()).isEqualTo(2);
        JsonNode error = answer.last();
        assertThat(error.get("type").asString()).isEqualTo("error");
        assertThat(error.get("kind").asString()).isEqualTo("invalid");
        assertThat(error.get("exitCode").asInt()).isEqualTo(2);
        assertThat(error.get("message").asString()).isEqualTo("unknown option: --xyzzy");
    }

    @Test
    void standardOutputCannotBeReadBack() {
        for (String option : new String[] {"--delta", "--verify", "--resume"}) {
            Answer answer = cli.run("restore", "latest:db", "-", option, "--json");

            assertThat(answer.exitCode()).isEqualTo(2);
            assertThat(answer.out()).isEmpty();
            assertThat(Cli.json(answer.err()).getLast().get("message").asString())
                    .startsWith("standard output cannot be read back");
        }
    }

    @Test
    void swappedArgumentsAreNoticed() throws IOException {
        cli.run("init");
        String image = cli.image("image", 8192, 0, 1).toString();
        Answer answer = cli.run("backup", image, "db");

        assertThat(answer.exitCode()).isEqualTo(4);
        assertThat(answer.err())
                .contains("the volume's name comes first: godwit backup db " + image);
    }

    @Test
    void aWrongKeyIsDenied() throws IOException {
        cli.run("init");
        cli.file("other", "x".repeat(40));
        Answer answer =
                cli.call(
                        "snapshots",
                        "-r",
                        cli.repository.toString(),
                        "--key-file",
                        cli.path("other"));

        assertThat(answer.exitCode()).isEqualTo(7);
        assertThat(answer.err()).startsWith("godwit: wrong password or key file");
    }

    @Test
    void unknownSchemesAreRefused() {
        Answer answer = cli.call("snapshots", "-r", "ftp://host/x", "--key-file", cli.path("key"));

        assertThat(answer.exitCode()).isEqualTo(2);
        assertThat(answer.err()).contains("scheme");
    }
}
