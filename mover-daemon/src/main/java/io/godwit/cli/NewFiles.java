package io.godwit.cli;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Set;

/// Makes files that hold a secret: for the owner alone, durable before anything relies on them,
/// never over another.
final class NewFiles {
    private static final int KEY_BYTES = 32;

    private NewFiles() {}

    /// Makes a key file unless there is one.
    static void keyFile(Path file, SecureRandom random) {
        if (Files.exists(file)) {
            return;
        }
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        write(file, key);
        Arrays.fill(key, (byte) 0);
    }

    /// Whole or not at all: a file that was half written when the machine stopped has another name,
    /// which is this process's own. A link, unlike a renaming, never replaces what stands there.
    static void write(Path file, byte[] content) {
        Path directory = file.toAbsolutePath().getParent();
        String name =
                ".%s.godwit-new-%d".formatted(file.getFileName(), ProcessHandle.current().pid());
        Path unfinished = file.resolveSibling(name);
        try {
            Files.deleteIfExists(unfinished);
            try (FileChannel out =
                    FileChannel.open(
                            unfinished,
                            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")))) {
                ByteBuffer rest = ByteBuffer.wrap(content);
                while (rest.hasRemaining()) {
                    out.write(rest);
                }
                out.force(true);
            }
            publish(unfinished, file);
            try (FileChannel entry = FileChannel.open(directory, StandardOpenOption.READ)) {
                entry.force(true);
            }
        } catch (FileAlreadyExistsException e) {
            throw failure(FailureKind.INVALID, "file is there already", file, e);
        } catch (NoSuchFileException e) {
            throw failure(FailureKind.NOT_FOUND, "no such directory", file, e);
        } catch (IOException e) {
            throw failure(FailureKind.UNAVAILABLE, "file cannot be written", file, e);
        }
    }

    private static void publish(Path unfinished, Path file) throws IOException {
        try {
            Files.createLink(file, unfinished);
            Files.delete(unfinished);
        } catch (FileAlreadyExistsException e) {
            Files.delete(unfinished);
            throw e;
        } catch (FileSystemException e) {
            // FAT on a stick knows no links.
            Files.move(unfinished, file);
        }
    }

    private static GodwitException failure(
            FailureKind kind, String what, Path file, IOException cause) {
        return new GodwitException(kind, what + ": file=" + file, cause)
                .withObject(file.toString());
    }
}
