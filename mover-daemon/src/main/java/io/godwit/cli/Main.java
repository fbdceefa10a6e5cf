package io.godwit.cli;

import io.godwit.error.SuppressForbidden;
import java.util.Locale;

/// Where the process starts and ends. The only place that calls [System#exit].
@SuppressForbidden("the process is ours here: its streams, its exit code")
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Locale.setDefault(Locale.ROOT);
        StandardError.takeBack();
        System.exit(run(Outside.process(), args));
    }

    /// One command, in this process, to its exit code.
    static int run(Outside outside, String... args) {
        return new CommandLines(outside).execute(args);
    }
}
