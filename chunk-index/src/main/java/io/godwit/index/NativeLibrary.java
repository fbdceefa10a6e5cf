package io.godwit.index;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.jar.JarEntry;

/// Unpacks a native library from its jar once per machine, instead of at every start.
///
/// The copy lies in a directory named after the library's size and checksum as the jar's directory states them, so
/// that another version never meets it. It appears under its name whole or not at all: it is written and synced
/// under another name and then linked, and whoever comes second uses the first one's.
public final class NativeLibrary {
    private NativeLibrary() {}

    /// The directory in which the library lies under its own name, unpacked now when it was not yet.
    ///
    /// @param resource name of the library on the class path of `neighbour`
    /// @param directory of libraries, private to the user
    /// @throws IOException when it cannot be unpacked: let the vendor's own loader try
    public static Path unpack(Class<?> neighbour, String resource, Path directory)
            throws IOException {
        URL url = neighbour.getClassLoader().getResource(resource);
        if (url == null || !(url.openConnection() instanceof JarURLConnection connection)) {
            throw new IOException("no such library in a jar: " + resource);
        }
        connection.setUseCaches(false);
        String file = resource.substring(resource.lastIndexOf('/') + 1);
        try (java.util.jar.JarFile jar = connection.getJarFile()) {
            JarEntry entry = connection.getJarEntry();
            Path home =
                    directory.resolve(
                            "%s-%d-%08x".formatted(file, entry.getSize(), entry.getCrc()));
            Path target = home.resolve(file);
            if (!Files.isRegularFile(target) || Files.size(target) != entry.getSize()) {
                Files.createDirectories(
                        home,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
                try (InputStream source = jar.getInputStream(entry)) {
                    link(source, home, target);
                }
            }
            return home;
        }
    }

    private static void link(InputStream source, Path home, Path target) throws IOException {
        Path temporary = Files.createTempFile(home, "unpacking-", ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                OutputStream sink = Channels.newOutputStream(channel);
                source.transferTo(sink);
                channel.force(true);
            }
            Files.createLink(target, temporary);
        } catch (FileAlreadyExistsException e) {
            // Somebody was first, with the same bytes.
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
