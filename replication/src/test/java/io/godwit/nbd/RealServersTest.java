package io.godwit.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The servers that people run, where they are installed: `qemu-nbd` (qemu-utils) and `nbdkit`.
@Timeout(60)
final class RealServersTest {
    private static final int DATA = 3 << 20;
    private static final long SIZE = 64L << 20;

    @TempDir Path directory;
    private final byte[] content = new byte[DATA];
    private Path image;
    private Path sockets;
    private @Nullable Process server;

    @BeforeEach
    void makeImage() throws IOException {
        image = directory.resolve("image");
        new Random(7).nextBytes(content);
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(SIZE);
            file.seek(8 << 20);
            file.write(content);
        }
    }

    /// Not below the checkout: the path of a socket has room for 107 bytes.
    @BeforeEach
    void makeSocketFolder() throws IOException {
        sockets = Files.createTempDirectory(Path.of("/tmp"), "nbd");
    }

    @AfterEach
    void removeSocketFolder() throws IOException, InterruptedException {
        stop();
        Files.deleteIfExists(sockets.resolve("q"));
        Files.deleteIfExists(sockets.resolve("n"));
        Files.delete(sockets);
    }

    private void stop() throws InterruptedException {
        if (server != null) {
            server.destroy();
            server.waitFor(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void readsFromQemuNbd() throws Exception {
        Path socket = sockets.resolve("q");
        start(
                socket,
                "qemu-nbd",
                "-r",
                "-f",
                "raw",
                "-x",
                "vol",
                "-e",
                "8",
                "-k",
                "" + socket,
                "" + image);

        checkReads("nbd+unix:///vol?socket=" + socket, true);
    }

    /// One client at a time is what it serves by itself: the others must not be waited for.
    @Test
    void readsFromQemuNbdThatServesOne() throws Exception {
        Path socket = sockets.resolve("q");
        start(socket, "qemu-nbd", "-r", "-f", "raw", "-k", "" + socket, "" + image);

        checkReads("nbd+unix:///?socket=" + socket, true);
    }

    @Test
    void readsFromNbdkit() throws Exception {
        Path socket = sockets.resolve("n");
        start(socket, "nbdkit", "-f", "-r", "-U", "" + socket, "file", "" + image);

        checkReads("nbd+unix:///?socket=" + socket, true);
    }

    @Test
    void readsFromNbdkitWithSimpleReplies() throws Exception {
        Path socket = sockets.resolve("n");
        start(socket, "nbdkit", "-f", "-r", "--no-sr", "-U", "" + socket, "file", "" + image);

        checkReads("nbd+unix:///?socket=" + socket, false);
    }

    @Test
    void readsFromNbdkitOfTheOldestNewstyle() throws Exception {
        Path socket = sockets.resolve("n");
        start(
                socket,
                "nbdkit",
                "-f",
                "-r",
                "--mask-handshake=0",
                "-U",
                "" + socket,
                "file",
                "" + image);

        checkReads("nbd+unix:///?socket=" + socket, false);
    }

    /// It removes its socket when it ends.
    @Test
    void readsOnAfterARestartOfQemuNbd() throws Exception {
        Path socket = sockets.resolve("q");
        String[] command = {"qemu-nbd", "-r", "-t", "-f", "raw", "-k", "" + socket, "" + image};
        start(socket, command);
        NbdUri uri = NbdUri.parse("nbd+unix:///?socket=" + socket);
        try (NbdClient client = NbdClient.open(uri, NbdPatience.DEFAULT);
                Arena arena = Arena.ofShared()) {
            stop();
            assertThat(socket).doesNotExist();
            Thread restart =
                    Thread.startVirtualThread(
                            () -> {
                                try {
                                    Thread.sleep(300);
                                    start(socket, command);
                                } catch (Exception e) {
                                    throw new AssertionError(e);
                                }
                            });
            MemorySegment target = arena.allocate(DATA);
            assertThat(client.read(8 << 20, target, 0, DATA)).isEqualTo(NbdErrors.NONE);
            assertThat(target.mismatch(MemorySegment.ofArray(content))).isEqualTo(-1);
            restart.join();
        }
    }

    private void start(Path socket, String... command) throws Exception {
        assumeTrue(isInstalled(command[0]), command[0] + " is not installed");
        Process started = new ProcessBuilder(command).inheritIO().start();
        server = started;
        for (int i = 0; i < 500 && !Files.exists(socket); i++) {
            assertThat(started.isAlive()).isTrue();
            Thread.sleep(10);
        }
    }

    private static boolean isInstalled(String tool) {
        return List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
    }

    private void checkReads(String uri, boolean holes) {
        try (NbdClient client = NbdClient.open(NbdUri.parse(uri), NbdPatience.DEFAULT);
                Arena arena = Arena.ofShared()) {
            assertThat(client.export().sizeBytes()).isEqualTo(SIZE);
            MemorySegment target = arena.allocate(16 << 20).fill((byte) 1);
            assertThat(client.read(0, target, 0, 16 << 20)).isEqualTo(NbdErrors.NONE);
            assertThat(target.asSlice(8 << 20, DATA).mismatch(MemorySegment.ofArray(content)))
                    .isEqualTo(-1);
            assertThat(
                            target.asSlice(0, 8 << 20)
                                    .mismatch(MemorySegment.ofArray(new byte[8 << 20])))
                    .isEqualTo(-1);
            List<NbdExtent> extents = client.blockStatus(0, SIZE);
            assertThat(extents.stream().anyMatch(NbdExtent::zero)).isEqualTo(holes);
            assertThat(extents)
                    .noneMatch(run -> run.zero() && run.offset() < 11 << 20 && run.end() > 8 << 20);
        }
    }
}
