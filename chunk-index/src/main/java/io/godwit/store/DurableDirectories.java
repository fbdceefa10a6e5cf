package io.godwit.store;

import static java.nio.file.StandardOpenOption.READ;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;

/// Directories whose own names survive a crash: each is synced into its parent before anything in it counts,
/// also when another thread or process made it a moment ago and has not synced it yet.
///
/// What was found durable is remembered for an hour. That is safe although empty directories are removed:
/// only those are that did not change for a day ([StaleSweep]), and a put changes its directory.
final class DurableDirectories {
    static final Duration REMEMBERED = Duration.ofHours(1);

    /// A repository uses some 512 directories for packs; the rest come and go.
    private static final int MAX_REMEMBERED = 4096;

    private final Path root;
    private final InstantSource clock;
    private final ConcurrentHashMap<Path, Instant> known = new ConcurrentHashMap<>();

    DurableDirectories(Path root, InstantSource clock) {
        this.root = root;
        this.clock = clock;
    }

    /// Makes the directory and those above it, as far as they are not there, and makes their names durable.
    void ensure(Path directory) throws IOException {
        Instant now = clock.instant();
        Instant since = known.get(directory);
        if (since != null && since.plus(REMEMBERED).isAfter(now)) {
            return;
        }
        Path parent = directory.getParent();
        boolean top = directory.equals(root) && Files.isDirectory(directory);
        if (parent != null && !top) {
            ensureUnder(parent, directory);
        }
        if (known.size() >= MAX_REMEMBERED) {
            known.clear();
        }
        known.put(directory, now);
    }

    private void ensureUnder(Path parent, Path directory) throws IOException {
        if (directory.startsWith(root) || !Files.isDirectory(parent)) {
            ensure(parent);
        }
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
        sync(parent);
    }

    void forget(Path directory) {
        for (Path each = directory;
                each != null && each.startsWith(root);
                each = each.getParent()) {
            known.remove(each);
        }
    }

    /// Makes the names in a directory durable. An interrupt does not stop it: the caller has published a name
    /// already and must know what became of it.
    void sync(Path directory) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try (FileChannel channel = FileChannel.open(directory, READ)) {
                    channel.force(true);
                    return;
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
