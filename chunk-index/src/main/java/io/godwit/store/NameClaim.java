package io.godwit.store;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Takes a free name for a whole file, or finds it taken.
sealed interface NameClaim {
    /// The lock's name below `tmp/`; the sweep leaves it alone.
    String LOCK = ".lock";

    /// EPERM, EOPNOTSUPP and ENOSYS.
    List<String> NO_LINKS = List.of("not permitted", "not supported", "not implemented");

    /// Gives the file its name.
    ///
    /// @throws FileAlreadyExistsException when the name is taken
    /// @throws NoSuchFileException when the temporary file or the name's directory is not there
    ///     (any more)
    void claim(Path temporary, Path target) throws IOException;

    /// Tries whether there are hard links, in the directory for temporary files, which must be
    /// there.
    ///
    /// All processes must decide alike, so only the plain answer "there are none" leads to the
    /// other way.
    static NameClaim forFileSystem(TemporaryFiles temporaries) throws IOException {
        Path probe = temporaries.empty();
        Path other = temporaries.unused();
        try {
            Files.createLink(other, probe);
            return new Link();
        } catch (UnsupportedOperationException e) {
            return new LockedRename(temporaries.directory().resolve(LOCK));
        } catch (FileSystemException e) {
            String reason = String.valueOf(e.getReason()).toLowerCase(Locale.ROOT);
            if (NO_LINKS.stream().noneMatch(reason::contains)) {
                throw e;
            }
            return new LockedRename(temporaries.directory().resolve(LOCK));
        } finally {
            temporaries.discard(other);
            temporaries.discard(probe);
        }
    }

    /// `link(2)` is atomic on every host that sees the directory: it never replaces.
    record Link() implements NameClaim {
        @Override
        public void claim(Path temporary, Path target) throws IOException {
            Files.createLink(target, temporary);
        }
    }

    /// For file systems without hard links: look and rename under a lock that holds among the
    /// processes of this host only.
    record LockedRename(Path lock) implements NameClaim {
        /// File locks are held by processes, so threads exclude each other first.
        private static final Object THREADS = new Object();

        @Override
        public void claim(Path temporary, Path target) throws IOException {
            synchronized (THREADS) {
                try (FileChannel channel = FileChannel.open(lock, CREATE, WRITE);
                        FileLock held = channel.lock()) {
                    if (Files.exists(target, NOFOLLOW_LINKS)) {
                        throw new FileAlreadyExistsException(target.toString());
                    }
                    if (!held.isValid()) {
                        throw new IOException("lock was lost: file=" + lock);
                    }
                    Files.move(temporary, target, ATOMIC_MOVE);
                }
            }
        }
    }
}
