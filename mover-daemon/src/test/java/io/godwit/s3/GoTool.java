package io.godwit.s3;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// A server written in Go, built once into a cache folder outside of the source tree.
///
/// Tests that need it are skipped, with the reason, where Go is missing or the build fails. What
/// takes many minutes to build is built only where the environment says `GODWIT_TEST_SERVERS=all`.
record GoTool(String name, String module, boolean quick) {
    static final GoTool VERSITYGW =
            new GoTool("versitygw", "github.com/versity/versitygw/cmd/versitygw@v1.8.0", true);
    static final GoTool RCLONE = new GoTool("rclone", "github.com/rclone/rclone@v1.76.0", false);

    private static final String SERVERS = "GODWIT_TEST_SERVERS";
    private static final long QUICK_BUILD_MINUTES = 5;
    private static final long BUILD_MINUTES = 20;

    /// The executable, built when it is not there.
    Path executable() {
        Path home = cache().resolve("bin");
        Path file = home.resolve(name);
        if (Files.isExecutable(file)) {
            return file;
        }
        Optional<Path> go = go();
        Assumptions.assumeTrue(go.isPresent(), name + " is not built, and there is no Go");
        boolean all = "all".equals(System.getenv(SERVERS));
        Assumptions.assumeTrue(
                quick || all, name + " is not built; " + SERVERS + "=all has it built");
        try {
            Files.createDirectories(home);
            build(go.get(), home);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        Assumptions.assumeTrue(
                Files.isExecutable(file), name + " could not be built: see " + home + "/*.log");
        return file;
    }

    /// Two builds at once build once.
    private void build(Path go, Path home) throws IOException, InterruptedException {
        try (RandomAccessFile lockFile =
                        new RandomAccessFile(home.resolve(".lock").toFile(), "rw");
                FileLock _ = lockFile.getChannel().lock()) {
            if (Files.isExecutable(home.resolve(name))) {
                return;
            }
            ProcessBuilder builder = new ProcessBuilder(go.toString(), "install", module);
            builder.environment().put("GOBIN", home.toString());
            builder.environment().put("CGO_ENABLED", "0");
            builder.directory(home.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(home.resolve(name + ".log").toFile());
            Process process = builder.start();
            long minutes = quick ? QUICK_BUILD_MINUTES : BUILD_MINUTES;
            if (!process.waitFor(minutes, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
        }
    }

    private static Optional<Path> go() {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.concat(Stream.of(path.split(":")), Stream.of("/usr/local/go/bin"))
                .map(directory -> Path.of(directory, "go"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Path cache() {
        String given = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
        Path home =
                given.isEmpty()
                        ? Path.of(System.getProperty("user.home"), ".cache")
                        : Path.of(given);
        return home.resolve("godwit-test");
    }
}
