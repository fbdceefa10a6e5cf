package io.godwit.cli;

import io.godwit.s3.S3Server;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The command line as a process of its own, to be stopped and killed.
final class CliProcess {
    private final Cli cli;

    CliProcess(Cli cli) {
        this.cli = cli;
    }

    /// Starts a command on the repository, its output in the files `out` and `err`.
    Process start(String... words) throws IOException {
        return new ProcessBuilder(onRepository(words))
                .redirectOutput(cli.directory.resolve("out").toFile())
                .redirectError(cli.directory.resolve("err").toFile())
                .start();
    }

    /// The command line of a command on the repository, opened with its key.
    List<String> onRepository(String... words) {
        return of(cli.onRepository(words));
    }

    List<String> of(String... words) {
        List<String> line =
                new ArrayList<>(
                        List.of(
                                "env",
                                // Who started this JVM may have it ignored, and that is inherited.
                                "--default-signal=INT",
                                "HOME=" + cli.directory,
                                "AWS_ACCESS_KEY_ID=" + S3Server.ACCESS,
                                "AWS_SECRET_ACCESS_KEY=" + S3Server.SECRET,
                                System.getProperty("java.home") + "/bin/java",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "io.godwit.cli.Main"));
        line.addAll(List.of(words));
        return line;
    }
}
