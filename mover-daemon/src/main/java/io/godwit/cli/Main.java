package io.godwit.cli;

import io.godwit.error.SuppressForbidden;
import picocli.CommandLine;

/// Where the process starts and ends. The only place that calls [System#exit].
@SuppressForbidden("the process is ours here: its streams, its exit code")
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        int exitCode = new CommandLine(new GodwitCommand()).execute(args);
        System.out.flush();
        System.exit(exitCode);
    }
}
