package io.godwit.doctor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Tries whether files of a directory can be written past the page cache.
final class DirectIo {
    private static final int BLOCK = 4096;

    private DirectIo() {}

    static Finding in(String name, Path directory) {
        Optional<OpenOption> direct = direct();
        if (direct.isEmpty()) {
            return Finding.bad(name, "not offered by this JDK", "use a JDK with jdk.unsupported");
        }
        Path file = null;
        try {
            file = Files.createTempFile(existing(directory), "godwit-doctor", "");
            Set<OpenOption> how = Set.of(StandardOpenOption.WRITE, direct.get());
            try (FileChannel channel = FileChannel.open(file, how)) {
                ByteBuffer block = ByteBuffer.allocateDirect(2 * BLOCK).alignedSlice(BLOCK);
                channel.write(block.limit(BLOCK), 0);
            }
            return Finding.good(name, "possible in " + directory);
        } catch (IOException | UnsupportedOperationException e) {
            return Finding.bad(
                    name,
                    "not possible in %s: %s".formatted(directory, e.getMessage()),
                    "it works without, and fills the page cache");
        } finally {
            remove(file);
        }
    }

    /// The directory, or the nearest one above it that exists.
    static Path existing(Path directory) {
        Path path = directory.toAbsolutePath();
        while (!Files.isDirectory(path) && path.getParent() != null) {
            path = path.getParent();
        }
        return path;
    }

    /// Found by name: it stands in a module that not every JDK has.
    private static Optional<OpenOption> direct() {
        try {
            Object[] options =
                    Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants();
            return Arrays.stream(options == null ? new Object[0] : options)
                    .filter(option -> option.toString().equals("DIRECT"))
                    .map(OpenOption.class::cast)
                    .findFirst();
        } catch (ClassNotFoundException none) {
            return Optional.empty();
        }
    }

    private static void remove(@Nullable Path file) {
        if (file == null) {
            return;
        }
        try {
            Files.deleteIfExists(file);
        } catch (IOException left) {
            // An empty file in a cache or temporary directory.
        }
    }
}
