package io.godwit.cli;

import io.godwit.error.SuppressForbidden;
import java.util.Locale;
import picocli.CommandLine;

/// Where the process starts and ends. The only place that calls [System#exit].
@SuppressForbidden("the process is ours here: its streams, its exit code")
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Locale.setDefault(Locale.ROOT);
        StandardError.takeBack();
        int exitCode = run(args);
        System.out.flush();
        System.exit(exitCode);
    }

    /// One command, in this process, to its exit code.
    static int run(String... args) {
        return new CommandLine(new GodwitCommand()).execute(args);
    }
}
