package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where the password may come from, and that it goes nowhere.
final class UnlockingTest {
    private static final String PASSWORD = "correct horse";

    @TempDir Path directory;
    private Cli cli;

    @BeforeEach
    void start() throws IOException {
        cli = new Cli(directory);
        cli.file("password", PASSWORD + "\n");
        cli.environment.put("GODWIT_REPO", cli.repository.toString());
    }

    @Test
    void allWaysOpenTheSame() throws IOException {
        cli.file("dos", PASSWORD + "\r\n");
        cli.file("bare", PASSWORD);

        assertThat(cli.call("init", "--password-file", cli.path("password")).exitCode()).isZero();
        for (String name : List.of("password", "dos", "bare")) {
            opens("--password-file", cli.path(name));
        }
        opens("--password-command", "cat " + cli.path("password"));
        cli.environment.put("GODWIT_PASSWORD", PASSWORD);
        opens();
        cli.environment.remove("GODWIT_PASSWORD");
        cli.typing(PASSWORD);
        opens();
    }

    private void opens(String... with) {
        List<String> line = new ArrayList<>(List.of("snapshots"));
        line.addAll(List.of(with));
        Answer answer = cli.call(line.toArray(String[]::new));

        assertThat(answer.err()).isEmpty();
        assertThat(answer.exitCode()).isZero();
    }

    @Test
    void aTypedPasswordMakesARepository() {
        assertThat(cli.typing(PASSWORD).call("init").exitCode()).isZero();
        opens();
    }

    @Test
    void withoutAnythingTheWaysAreNamed() {
        refuses(2, "no password or key is given; use --key-file", "snapshots");
    }

    @Test
    void twoAtOnceAreRefused() {
        refuses(
                2,
                "more than one password or key is given",
                "snapshots",
                "--password-file",
                cli.path("password"),
                "--key-file",
                cli.path("key"));
    }

    @Test
    void anEmptyPasswordIsNone() throws IOException {
        cli.file("empty", "\n");

        refuses(2, "password is empty", "init", "--password-file", cli.path("empty"));
        refuses(2, "password is empty", "init", "--password-command", "true");
    }

    @Test
    void filesThatAreNotThereAreNotFound() {
        refuses(4, "no such password file", "init", "--password-file", cli.path("nothing"));
        refuses(4, "no such key file", "init", "--key-file", cli.path("nothing"));
    }

    @Test
    void aCommandThatFailsGivesNoPassword() {
        Answer answer = cli.call("init", "--password-command", "echo " + PASSWORD + "; exit 3");

        assertThat(answer.exitCode()).isEqualTo(7);
        assertThat(answer.err()).contains("password command failed: exit=3");
        assertThat(answer.out() + answer.err()).doesNotContain(PASSWORD);
    }

    @Test
    void aWrongPasswordIsNotRepeated() {
        cli.call("init", "--password-file", cli.path("password"));
        cli.environment.put("GODWIT_PASSWORD", "hunter2");
        Answer answer = cli.call("snapshots", "-v");

        assertThat(answer.exitCode()).isEqualTo(7);
        assertThat(answer.out() + answer.err()).doesNotContain("hunter2");
    }

    private void refuses(int exitCode, String sentence, String... line) {
        Answer answer = cli.call(line);

        assertThat(answer.exitCode()).isEqualTo(exitCode);
        assertThat(answer.err()).startsWith("godwit: " + sentence);
        assertThat(answer.err().lines()).hasSize(1);
    }
}
