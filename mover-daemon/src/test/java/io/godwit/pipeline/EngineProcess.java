package io.godwit.pipeline;

import io.godwit.restore.RestoreRequest;
import io.godwit.volume.VolumeName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/// Runs an engine in a JVM of its own, which can be killed.
public final class EngineProcess {
    private EngineProcess() {}

    /// Does what the arguments say.
    ///
    /// @param arguments directory, cache directory, file for the answer; then `backup VOLUME
    ///     SOURCE` or `restore SNAPSHOT TARGET`
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        Path answer = Path.of(arguments[2]);
        try (EngineFixture fixture = EngineFixture.ofProcess(directory, Path.of(arguments[1]))) {
            if (arguments[3].equals("backup")) {
                BackupResult result =
                        fixture.backup(
                                new VolumeName(arguments[4]),
                                Path.of(arguments[5]),
                                EngineFixture.EVERYTHING);
                write(answer, result.snapshot().orElseThrow() + " " + result.newBytes());
            } else {
                long skipped =
                        fixture.restore(
                                        new RestoreRequest(
                                                fixture.repository
                                                        .catalogue()
                                                        .read()
                                                        .resolve(arguments[4]),
                                                arguments[5],
                                                false,
                                                false,
                                                true,
                                                true,
                                                0,
                                                OptionalLong.empty(),
                                                false,
                                                List.of()))
                                .skippedBytes();
                write(answer, "restored " + skipped);
            }
        }
    }

    private static void write(Path answer, String line) throws Exception {
        Path temporary = Path.of(answer + ".new");
        Files.writeString(temporary, line);
        Files.move(temporary, answer);
    }

    static Process start(Path directory, Path cache, Path answer, String... command)
            throws Exception {
        List<String> line =
                new ArrayList<>(
                        List.of(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx256m",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                EngineProcess.class.getName(),
                                directory.toString(),
                                cache.toString(),
                                answer.toString()));
        line.addAll(List.of(command));
        Path log = Path.of(answer + ".log");
        return new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    /// Waits for it and returns its answer, in words.
    static String[] answer(Process process, Path answer) throws Exception {
        if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new AssertionError(
                    "process failed: " + Files.readString(Path.of(answer + ".log")));
        }
        return Files.readString(answer).split(" ", -1);
    }
}
