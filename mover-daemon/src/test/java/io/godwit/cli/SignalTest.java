package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Real processes, real signals, real pipes.
final class SignalTest {
    @TempDir Path directory;
    private Cli cli;

    @BeforeEach
    void start() {
        cli = new Cli(directory);
        assertThat(cli.run("init").exitCode()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void aSignalEndsABackupInOrder(String signal, int exitCode) throws Exception {
        Path image = cli.image("image", 64 << 20, 0, 1);
        Process backup =
                start(
                        "backup",
                        "db",
                        image.toString(),
                        "--limit-read",
                        "4M",
                        "--json",
                        "-r",
                        cli.repository.toString(),
                        "--key-file",
                        cli.path("key"));
        awaitSession();
        new ProcessBuilder("kill", "-" + signal, Long.toString(backup.pid())).start().waitFor();

        assertThat(backup.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(backup.exitValue()).isEqualTo(exitCode);
        String out = Files.readString(directory.resolve("out"));
        assertThat(Cli.json(out).getLast().get("type").asString()).isEqualTo("error");
        assertThat(Cli.json(out).getLast().get("kind").asString()).isEqualTo("interrupted");
        assertThat(Cli.json(out).getLast().get("exitCode").asInt()).isEqualTo(exitCode);
        assertThat(Files.readString(directory.resolve("err")).lines()).hasSize(1);
        assertThat(cli.run("snapshots", "--quiet").out()).isEmpty();
        assertThat(objects("outcome")).as("the session said that it ends").isEqualTo(1);
    }

    private void awaitSession() throws Exception {
        for (int i = 0; i < 600 && objects("open") == 0; i++) {
            Thread.sleep(100);
        }
        Thread.sleep(500);
    }

    private long objects(String name) throws IOException {
        Path sessions = cli.repository.resolve("s");
        if (!Files.isDirectory(sessions)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(sessions)) {
            return files.filter(file -> file.endsWith(name)).count();
        }
    }

    @Test
    void aReaderThatHasSeenEnoughIsNoFailure() throws Exception {
        Process listing =
                new ProcessBuilder(java("completion", "bash"))
                        .redirectError(directory.resolve("err").toFile())
                        .start();
        listing.getInputStream().close();

        assertThat(listing.waitFor()).isZero();
        assertThat(Files.readString(directory.resolve("err"))).isEmpty();
    }

    @Test
    void aFullDiskBehindStandardOutputIsOne() throws Exception {
        Process listing =
                new ProcessBuilder(java("completion", "bash"))
                        .redirectOutput(Path.of("/dev/full").toFile())
                        .redirectError(directory.resolve("err").toFile())
                        .start();

        assertThat(listing.waitFor()).isEqualTo(8);
        assertThat(Files.readString(directory.resolve("err")))
                .startsWith("godwit: cannot write to standard output: No space left on device");
    }

    @Test
    void standardOutputCarriesTheVolumeAlone() throws Exception {
        Path image = cli.image("image", 300_000, 50_000, 1);
        cli.run("backup", "db", image.toString());
        Process restore =
                start(
                        "restore",
                        "latest:db",
                        "-",
                        "--json",
                        "-r",
                        cli.repository.toString(),
                        "--key-file",
                        cli.path("key"));

        assertThat(restore.waitFor()).isZero();
        assertThat(directory.resolve("out")).hasSameBinaryContentAs(image);
        String err = Files.readString(directory.resolve("err"));
        assertThat(Cli.json(err).getLast().get("type").asString()).isEqualTo("result");
    }

    @Test
    void aStreamIsBackedUp() throws Exception {
        Process backup =
                new ProcessBuilder(
                                java(
                                        "backup",
                                        "dump",
                                        "-",
                                        "-r",
                                        cli.repository.toString(),
                                        "--key-file",
                                        cli.path("key")))
                        .redirectOutput(directory.resolve("out").toFile())
                        .redirectError(directory.resolve("err").toFile())
                        .start();
        try (OutputStream in = backup.getOutputStream()) {
            in.write("a stream of words".getBytes(StandardCharsets.UTF_8));
        }

        assertThat(backup.waitFor()).isZero();
        cli.run("restore", "latest:dump", cli.path("copy"));
        assertThat(directory.resolve("copy")).hasContent("a stream of words");
    }

    private Process start(String... arguments) throws IOException {
        return new ProcessBuilder(java(arguments))
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile())
                .start();
    }

    private List<String> java(String... arguments) {
        List<String> line =
                new ArrayList<>(
                        List.of(
                                "env",
                                "HOME=" + directory,
                                System.getProperty("java.home") + "/bin/java",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "io.godwit.cli.Main"));
        line.addAll(List.of(arguments));
        return line;
    }
}
