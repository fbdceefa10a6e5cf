package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class GodwitCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine =
            new CommandLine(new GodwitCommand())
                    .setOut(new PrintWriter(out))
                    .setErr(new PrintWriter(err));

    @Test
    void saysItsVersion() {
        assertThat(commandLine.execute("--version")).isZero();
        assertThat(out.toString()).startsWith("godwit 0.1.0");
    }

    @Test
    void asksWhichCommandWhenThereIsNone() {
        assertThat(commandLine.execute()).isEqualTo(2);
        assertThat(err.toString()).contains("which command?");
    }
}
