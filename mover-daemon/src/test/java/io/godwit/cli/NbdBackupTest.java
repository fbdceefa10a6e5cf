package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import io.godwit.nbd.NbdTestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `godwit backup VOLUME nbd://…`, from the first byte to the restored volume.
@Timeout(120)
final class NbdBackupTest {
    @TempDir Path directory;
    private final byte[] content = new byte[3_000_000];
    private Cli cli;
    private NbdTestServer server;

    @BeforeEach
    void start() throws IOException {
        new Random(3).nextBytes(content);
        Arrays.fill(content, 1 << 20, 2 << 20, (byte) 0);
        server = new NbdTestServer(content);
        cli = new Cli(directory);
        assertThat(cli.run("init").exitCode()).isZero();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private byte[] restored() throws IOException {
        Path target = directory.resolve("target");
        assertThat(cli.run("restore", "latest:db", target.toString(), "--force").exitCode())
                .isZero();
        return Files.readAllBytes(target);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isRestoredAsItWas(boolean modern) throws IOException {
        server.structured = modern;
        server.multiConn = modern;
        server.knowsGo = modern;

        Answer backup = cli.run("backup", "db", server.uri(), "--json");

        assertThat(backup.exitCode()).isZero();
        assertThat(backup.last().get("sizeBytes").asLong()).isEqualTo(content.length);
        long read = backup.last().get("readBytes").asLong();
        assertThat(read).isEqualTo(modern ? content.length - (1 << 20) : content.length);
        assertThat(backup.last().get("holesBytes").asLong()).isEqualTo(1 << 20);
        assertThat(restored()).isEqualTo(content);
    }

    @Test
    void anExportWithoutAByteIsAVolumeWithoutAByte() throws IOException {
        server.content = new byte[0];

        assertThat(cli.run("backup", "db", server.uri()).exitCode()).isZero();
        assertThat(restored()).isEmpty();
    }

    @Test
    void badBlocksAreListed() throws IOException {
        server.badBlocks.add(5L);

        Answer backup = cli.run("backup", "db", server.uri(), "--json");

        assertThat(backup.exitCode()).isEqualTo(3);
        assertThat(backup.last().get("badExtents").toString())
                .isEqualTo("[{\"offset\":20480,\"length\":4096}]");
        byte[] expected = content.clone();
        Arrays.fill(expected, 5 * 4096, 6 * 4096, (byte) 0);
        assertThat(restored()).isEqualTo(expected);
    }

    @Test
    void cutConnectionsInTheMiddleDoNotMatter() throws IOException {
        AtomicInteger reads = new AtomicInteger();
        server.meddler =
                (_, out) -> {
                    boolean cut = reads.incrementAndGet() % 3 == 0;
                    if (cut) {
                        out.write(new byte[] {0x66, (byte) 0x8e});
                        out.close();
                    }
                    return cut;
                };

        assertThat(cli.run("backup", "db", server.uri()).exitCode()).isZero();
        assertThat(server.connections).hasValueGreaterThan(1);
        assertThat(restored()).isEqualTo(content);
    }

    @Test
    void refusalsAreOneSentence() {
        Answer unknown = cli.run("backup", "db", server.uri() + "2");
        assertThat(unknown.exitCode()).isEqualTo(4);
        assertThat(unknown.err())
                .isEqualTo(
                        "godwit: the server has no such export: server=never heard of it: source="
                                + server.uri()
                                + "2; nbdinfo --list names the exports of a server\n");
        assertThat(cli.run("backup", "db", "nbds://host/vol").exitCode()).isEqualTo(2);
        Answer target = cli.run("restore", "latest:db", server.uri());
        assertThat(target.exitCode()).isIn(2, 4);
        assertThat(target.err().lines()).hasSize(1);
    }

    @Test
    void aServerThatIsGoneIsUnavailable() throws IOException {
        server.close();

        Answer backup = cli.run("backup", "db", server.uri());

        assertThat(backup.exitCode()).isEqualTo(8);
        assertThat(backup.err()).contains("the nbd server does not serve: cannot connect");
        assertThat(cli.run("snapshots", "--quiet").out()).isEmpty();
    }

    /// The server takes requests and never answers.
    @Test
    void aSignalEndsABackupOfASilentServer() throws Exception {
        server.meddler = (_, _) -> true;
        Process backup =
                new ProcessBuilder(
                                "env",
                                "--default-signal=INT",
                                "HOME=" + directory,
                                System.getProperty("java.home") + "/bin/java",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "io.godwit.cli.Main",
                                "backup",
                                "db",
                                server.uri(),
                                "-r",
                                cli.repository.toString(),
                                "--key-file",
                                cli.path("key"))
                        .redirectErrorStream(true)
                        .start();
        while (server.connections.get() == 0) {
            assertThat(backup.isAlive()).isTrue();
            Thread.sleep(20);
        }
        Thread.sleep(700);
        new ProcessBuilder("kill", "-INT", Long.toString(backup.pid())).start().waitFor();

        assertThat(backup.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(backup.exitValue()).isEqualTo(130);
        assertThat(new String(backup.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("interrupted")
                .doesNotContain("the hard way");
    }
}
