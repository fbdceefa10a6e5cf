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

/// Directories whose own names survive a crash: each is synced into its parent before anything in
/// it counts, also when another thread or process made it a moment ago and has not synced it yet.
///
/// What was found durable is remembered for an hour. That is safe although empty directories are
/// removed: only those are that did not change for a day ([StaleSweep]), and a put changes its
/// directory.
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

    /// Makes the directory and those above it, as far as they are not there, and makes their names
    /// durable.
    void ensure(Path directory) throws IOException {
        Instant now = clock.instant();
        Instant since = known.get(directory);
        if (since != null && since.plus(REMEMBERED).isAfter(now)) {
            return;
        }
        Path parent = directory.getParent();
        if (parent != null) {
            ensureUnder(parent, directory);
        }
        if (known.size() >= MAX_REMEMBERED) {
            known.clear();
        }
        known.put(directory, now);
    }

    /// Directories above the root that were there before are somebody else's, and may not be
    /// readable.
    private void ensureUnder(Path parent, Path directory) throws IOException {
        boolean below = directory.startsWith(root) && !directory.equals(root);
        if (!below && Files.isDirectory(directory)) {
            return;
        }
        ensure(parent);
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
        try (Handle handle = open(parent)) {
            handle.sync();
        }
    }

    void forget(Path directory) {
        Path each = directory;
        while (each != null && each.startsWith(root)) {
            known.remove(each);
            each = each.getParent();
        }
    }

    /// Opens the directory, so that nothing but the sync itself can fail once a name in it is
    /// public.
    Handle open(Path directory) throws IOException {
        return new Handle(directory, FileChannel.open(directory, READ));
    }

    /// An open directory, owned by one thread.
    static final class Handle implements AutoCloseable {
        private final Path directory;
        private FileChannel channel;

        private Handle(Path directory, FileChannel channel) {
            this.directory = directory;
            this.channel = channel;
        }

        /// Makes the names in the directory durable. An interrupt does not stop it: the caller has
        /// published a name already and must know what became of it.
        void sync() throws IOException {
            boolean interrupted = Thread.interrupted();
            try {
                while (true) {
                    try {
                        channel.force(true);
                        return;
                    } catch (ClosedByInterruptException e) {
                        interrupted |= Thread.interrupted();
                        channel = FileChannel.open(directory, READ);
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
