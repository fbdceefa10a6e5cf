package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.s3.FaultProxy;
import io.godwit.s3.FaultProxy.Fault;
import io.godwit.s3.S3Server;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Real processes, real signals, real pipes.
@Timeout(120)
final class SignalTest {
    @TempDir Path directory;
    private Cli cli;
    private CliProcess process;

    @BeforeEach
    void start() {
        cli = new Cli(directory);
        process = new CliProcess(cli);
        assertThat(cli.run("init").exitCode()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void aSignalEndsABackupInOrder(String signal, int exitCode) throws Exception {
        Path image = cli.image("image", 64 << 20, 0, 1);
        Process backup =
                process.start("backup", "db", image.toString(), "--limit-read", "4M", "--json");
        awaitSession();
        signal(signal, backup);

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

    /// Nobody writes into the pipe, so the run would wait for ever.
    @Test
    void aSignalEndsABackupOfASilentStream() throws Exception {
        Process backup = new ProcessBuilder(process.onRepository("backup", "dump", "-")).start();
        awaitSession();
        signal("INT", backup);

        assertThat(backup.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(backup.exitValue()).isEqualTo(130);
        assertThat(objects("outcome")).as("the session said that it ends").isEqualTo(1);
    }

    /// Nobody reads from the pipe, so the run cannot even stop writing.
    @Test
    void aSignalEndsARestoreIntoAPipeThatNobodyReads() throws Exception {
        Path image = cli.image("image", 1 << 20, 0, 1);
        assertThat(cli.run("backup", "db", image.toString()).exitCode()).isZero();
        Process restore =
                new ProcessBuilder(process.onRepository("restore", "latest:db", "-")).start();
        while (restore.getInputStream().available() == 0) {
            assertThat(restore.isAlive()).isTrue();
            Thread.sleep(20);
        }
        signal("TERM", restore);

        assertThat(restore.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(restore.exitValue()).isEqualTo(143);
    }

    /// Neither the data nor the word that the session ends gets through.
    @Test
    void aSignalEndsABackupToAStoreThatStoppedToAnswer() throws Exception {
        S3Server.credentials();
        try (RehearsalBucket bucket = new RehearsalBucket();
                FaultProxy proxy = new FaultProxy(bucket.port(), 1).stallingForEver()) {
            cli.url = RehearsalBucket.url(proxy.port());
            assertThat(cli.run("init").exitCode()).isZero();
            proxy.only(line -> line.startsWith("PUT /rehearsal/p/")).with(Fault.STALL_REQUEST, 1);
            Path image = cli.image("image", 8 << 20, 0, 1);
            Process backup = process.start("backup", "db", image.toString(), "--no-progress");
            while (!proxy.hits.containsKey(Fault.STALL_REQUEST)) {
                assertThat(backup.isAlive()).isTrue();
                Thread.sleep(20);
            }
            proxy.only(line -> true);
            long start = System.nanoTime();
            signal("INT", backup);

            assertThat(backup.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
            assertThat(backup.exitValue()).isEqualTo(130);
            assertThat(Files.readString(directory.resolve("err"))).contains("interrupted");
        }
    }

    private static void signal(String signal, Process process) throws Exception {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
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
                new ProcessBuilder(process.of("completion", "bash"))
                        .redirectError(directory.resolve("err").toFile())
                        .start();
        listing.getInputStream().close();

        assertThat(listing.waitFor()).isZero();
        assertThat(Files.readString(directory.resolve("err"))).isEmpty();
    }

    @Test
    void aFullDiskBehindStandardOutputIsOne() throws Exception {
        Process listing =
                new ProcessBuilder(process.of("completion", "bash"))
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
        Process restore = process.start("restore", "latest:db", "-", "--json");

        assertThat(restore.waitFor()).isZero();
        assertThat(directory.resolve("out")).hasSameBinaryContentAs(image);
        String err = Files.readString(directory.resolve("err"));
        assertThat(Cli.json(err).getLast().get("type").asString()).isEqualTo("result");
    }

    @Test
    void aStreamIsBackedUp() throws Exception {
        Process backup =
                new ProcessBuilder(process.onRepository("backup", "dump", "-"))
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
}
