package io.godwit.index;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.CodeSource;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;

/// Unpacks a native library from its jar once per machine, instead of at every start.
///
/// The copy lies in a directory named after the jar: its file name, size and time, so that another
/// version never meets it and the jar need not be opened to find it. It is compared with the jar's
/// checksum while it is unpacked, and appears under its name whole or not at all: it is written and
/// synced under another name and then linked; whoever comes second uses the first one's.
public final class NativeLibrary {
    private NativeLibrary() {}

    /// Where the library lies, absolute; unpacked now when it was not yet.
    ///
    /// @param neighbour a class in the same jar
    /// @param resource name of the library in the jar
    /// @param directory of libraries, private to the user
    /// @throws IOException when it cannot be unpacked: let the vendor's own loader try
    public static Path unpack(Class<?> neighbour, String resource, Path directory)
            throws IOException {
        Path jar = jarOf(neighbour);
        Path home =
                directory.resolve(
                        "%s-%x-%x"
                                .formatted(
                                        jar.getFileName(),
                                        Files.size(jar),
                                        Files.getLastModifiedTime(jar).toMillis()));
        Path library = home.resolve(resource.substring(resource.lastIndexOf('/') + 1));
        if (!Files.exists(library)) {
            unpack(jar, resource, home, library);
        }
        return library.toAbsolutePath();
    }

    private static Path jarOf(Class<?> neighbour) throws IOException {
        CodeSource source = neighbour.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            throw new IOException("not in a jar: " + neighbour);
        }
        try {
            Path jar = Path.of(source.getLocation().toURI());
            if (!Files.isRegularFile(jar)) {
                throw new IOException("not in a jar: " + neighbour);
            }
            return jar;
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new IOException(e);
        }
    }

    private static void unpack(Path jar, String resource, Path home, Path library)
            throws IOException {
        Files.createDirectories(
                home,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path temporary = Files.createTempFile(home, "unpacking-", ".tmp");
        try (JarFile archive = new JarFile(jar.toFile(), false)) {
            ZipEntry entry = archive.getEntry(resource);
            if (entry == null) {
                throw new IOException("no such library: " + resource);
            }
            try (InputStream source = archive.getInputStream(entry)) {
                copy(source, temporary, entry);
            }
            Files.createLink(library, temporary);
        } catch (FileAlreadyExistsException e) {
            // Somebody was first, with the same bytes.
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void copy(InputStream source, Path target, ZipEntry entry) throws IOException {
        CheckedInputStream checked = new CheckedInputStream(source, new CRC32());
        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
            OutputStream sink = Channels.newOutputStream(channel);
            checked.transferTo(sink);
            channel.force(true);
        }
        if (checked.getChecksum().getValue() != entry.getCrc()) {
            throw new IOException("library in the jar is damaged: " + entry.getName());
        }
    }
}
