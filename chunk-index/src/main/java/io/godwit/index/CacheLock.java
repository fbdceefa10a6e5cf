package io.godwit.index;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Who holds it may write the cache of one repository. It never waits, and dies with its process.
///
/// The kernel's lock belongs to the whole process and is gone as soon as *any* descriptor of the
/// file is closed, so a second opening within the process must be refused before it touches the
/// file: hence the one static set.
final class CacheLock implements AutoCloseable {
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private CacheLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /// Takes the lock, or is empty when somebody else holds it.
    ///
    /// @throws IOException when the file cannot be created or locked at all
    static Optional<CacheLock> tryTake(Path directory) throws IOException {
        Path real = directory.toRealPath().resolve("lock");
        if (!HELD_HERE.add(real)) {
            return Optional.empty();
        }
        boolean taken = false;
        try {
            FileChannel channel =
                    FileChannel.open(real, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                FileLock lock = channel.tryLock();
                taken = lock != null;
            } catch (OverlappingFileLockException e) {
                taken = false;
            } finally {
                if (!taken) {
                    channel.close();
                }
            }
            return taken ? Optional.of(new CacheLock(real, channel)) : Optional.empty();
        } finally {
            if (!taken) {
                HELD_HERE.remove(real);
            }
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The descriptor is gone all the same, and the lock with it.
        } finally {
            HELD_HERE.remove(file);
        }
    }
}
