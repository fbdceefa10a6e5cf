package io.godwit.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// An ext4 file system in a file, mounted for the length of a test, that can be filled up; a plain
/// directory where that cannot be had, and it says why.
final class SmallDisk implements AutoCloseable {
    private static final long BYTES = 512L << 20;
    private static final long NEARLY_FULL = 24L << 20;

    private final Path mount;
    private final Optional<String> missing;

    private SmallDisk(Path mount, Optional<String> missing) {
        this.mount = mount;
        this.missing = missing;
    }

    static SmallDisk mount(Path mount) throws IOException {
        Files.createDirectories(mount);
        if (!System.getProperty("user.name").equals("root")) {
            return new SmallDisk(mount, Optional.of("mounting needs root"));
        }
        Path image = Path.of(mount + ".img");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(BYTES);
        }
        String made = run("mkfs.ext4", "-q", "-m", "0", image.toString());
        String mounted =
                made.isEmpty()
                        ? run("mount", "-o", "loop", image.toString(), mount.toString())
                        : made;
        return new SmallDisk(mount, Optional.of(mounted).filter(text -> !text.isEmpty()));
    }

    /// @return what it complained about, empty when it succeeded
    private static String run(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String out =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return command[0] + " takes too long";
            }
            return process.exitValue() == 0 ? "" : command[0] + " failed: " + out.strip();
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    boolean isSmall() {
        return missing.isEmpty();
    }

    String described() {
        return missing.map(reason -> "SKIPPED full disks: " + reason)
                .orElse("on an ext4 of %d MiB".formatted(BYTES >> 20));
    }

    Path directory() {
        return mount;
    }

    boolean isNearlyFull() {
        return isSmall() && mount.toFile().getUsableSpace() < NEARLY_FULL;
    }

    /// Leaves not a byte.
    void fill() throws IOException {
        for (int piece : List.of(4 << 20, 4096)) {
            try (OutputStream out = Files.newOutputStream(ballast(piece))) {
                byte[] zeros = new byte[piece];
                while (true) {
                    out.write(zeros);
                }
            } catch (IOException full) {
                // That was the last byte.
            }
        }
    }

    private Path ballast(int piece) {
        return mount.resolve("ballast-" + piece);
    }

    void free() throws IOException {
        Files.deleteIfExists(ballast(4 << 20));
        Files.deleteIfExists(ballast(4096));
    }

    @Override
    public void close() throws IOException {
        if (isSmall()) {
            String failed = run("umount", mount.toString());
            if (!failed.isEmpty()) {
                throw new IOException(failed);
            }
        }
        Files.deleteIfExists(Path.of(mount + ".img"));
    }
}
