package io.godwit.demo;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.random.RandomGenerator;

/// A volume to play with, made of real files of this machine: an ext4 image where `mke2fs` is
/// installed, else the files one after the other.
final class DemoImage {
    /// Enough to show a speed, little enough to be over in seconds.
    static final long BYTES = 512L << 20;

    private static final long FILE_BYTES = 360L << 20;
    private static final long LARGEST_FILE = 32L << 20;
    private static final List<Path> SOURCES =
            List.of(
                    Path.of("/usr/lib"),
                    Path.of("/usr/share"),
                    Path.of("/usr/bin"),
                    Path.of(System.getProperty("java.home", "/usr")));
    private static final List<Path> MKE2FS =
            List.of(
                    Path.of("/usr/sbin/mke2fs"),
                    Path.of("/sbin/mke2fs"),
                    Path.of("/usr/bin/mke2fs"));

    private final Path directory;
    private final Path image;

    DemoImage(Path directory) {
        this.directory = directory;
        this.image = directory.resolve("volume.img");
    }

    Path path() {
        return image;
    }

    /// Makes it and says in a few words what it is.
    String make() throws IOException, InterruptedException {
        Path mke2fs = MKE2FS.stream().filter(Files::isExecutable).findFirst().orElse(null);
        if (mke2fs == null) {
            concatenate();
            return "a raw image of files of this machine (mke2fs is not installed)";
        }
        Path stage = directory.resolve("files");
        copyFiles(stage);
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(BYTES);
        }
        Process process =
                new ProcessBuilder(
                                mke2fs.toString(),
                                "-q",
                                "-F",
                                "-t",
                                "ext4",
                                "-d",
                                stage.toString(),
                                image.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("mke2fs.log").toFile())
                        .start();
        if (process.waitFor() != 0) {
            throw new GodwitException(
                    FailureKind.UNAVAILABLE,
                    "mke2fs failed: " + Files.readString(directory.resolve("mke2fs.log")).strip());
        }
        DemoFiles.deleteTree(stage);
        return "an ext4 file system made of files of this machine";
    }

    private void copyFiles(Path stage) throws IOException {
        Collector collector = new Collector(FILE_BYTES);
        collector.collect(
                (number, file) -> {
                    Path target = stage.resolve("d" + number % 100).resolve("f" + number);
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target);
                });
    }

    private void concatenate() throws IOException {
        try (OutputStream out = Files.newOutputStream(image)) {
            new Collector(FILE_BYTES).collect((number, file) -> Files.copy(file, out));
        }
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(BYTES);
        }
    }

    /// What happens to each file that was found.
    private interface Take {
        void take(int number, Path file) throws IOException;
    }

    /// Finds readable files until there are enough bytes.
    private static final class Collector {
        private final long wanted;
        private long found;
        private int number;

        Collector(long wanted) {
            this.wanted = wanted;
        }

        void collect(Take take) throws IOException {
            for (Path source : SOURCES) {
                if (Files.isDirectory(source)) {
                    Files.walkFileTree(source, new Visitor(take));
                }
            }
        }

        private final class Visitor extends SimpleFileVisitor<Path> {
            private final Take take;

            Visitor(Take take) {
                this.take = take;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                    throws IOException {
                boolean fits =
                        attributes.isRegularFile()
                                && attributes.size() > 0
                                && attributes.size() <= LARGEST_FILE
                                && found + attributes.size() <= wanted;
                if (fits && Files.isReadable(file)) {
                    take.take(number++, file);
                    found += attributes.size();
                }
                return found + (1 << 20) > wanted
                        ? FileVisitResult.TERMINATE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;
            }
        }
    }

    /// Writes random blocks at random places, and returns the list of changes as a snapshot's
    /// driver would give it.
    String change(int writes, RandomGenerator dice) throws IOException {
        StringBuilder extents = new StringBuilder();
        byte[] data = new byte[8192];
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            for (int i = 0; i < writes; i++) {
                long offset = dice.nextLong(BYTES / 4096 - 2) * 4096;
                dice.nextBytes(data);
                file.seek(offset);
                file.write(data);
                extents.append(i == 0 ? "" : ", ")
                        .append("{\"offset\": ")
                        .append(offset)
                        .append(", \"length\": 8192}");
            }
        }
        return "{\"size\": " + BYTES + ", \"extents\": [" + extents + "]}\n";
    }
}
