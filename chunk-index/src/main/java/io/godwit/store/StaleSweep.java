package io.godwit.store;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/// Removes what crashed writers left in `tmp/`, and directories that deletes left empty, once a
/// day, on the thread of a put. It is best effort: what it may not remove stays.
///
/// Only what did not change for a day is removed. A younger temporary file belongs to a put that
/// goes on; a younger directory may be remembered as durable by another process
/// ([DurableDirectories]).
final class StaleSweep {
    static final Duration STALE = Duration.ofDays(1);

    private final Path root;
    private final InstantSource clock;
    private final AtomicReference<Instant> due = new AtomicReference<>(Instant.MIN);

    StaleSweep(Path root, InstantSource clock) {
        this.root = root;
        this.clock = clock;
    }

    void runIfDue() {
        Instant now = clock.instant();
        Instant next = due.get();
        if (!now.isBefore(next) && due.compareAndSet(next, now.plus(STALE))) {
            sweepTemporaries(now.minus(STALE));
            sweepDirectories(root, now.minus(STALE));
        }
    }

    private void sweepTemporaries(Instant horizon) {
        Path directory = root.resolve(TemporaryFiles.DIRECTORY);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, ".*")) {
            for (Path file : files) {
                if (!file.endsWith(NameClaim.LOCK) && attributes(file).changedBefore(horizon)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // not ours to remove, or no such directory yet: the next sweep tries again
            return;
        }
    }

    /// Goes into a directory only where the link count says that it has others in it (file systems
    /// that do not count say 1): so it never reads those that are full of packs.
    private static void sweepDirectories(Path parent, Instant horizon) {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(parent)) {
            for (Path child : children) {
                Attributes found = attributes(child);
                boolean ours = ObjectKey.wellFormed(child.getFileName().toString());
                if (!found.directory() || !ours) {
                    continue;
                }
                if (found.links() != 2) {
                    sweepDirectories(child, horizon);
                }
                if (found.changedBefore(horizon)) {
                    removeIfEmpty(child);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // somebody else removes directories, or it is not ours to read
            return;
        }
    }

    private static void removeIfEmpty(Path directory) {
        try {
            Files.delete(directory);
        } catch (IOException e) {
            // in use, as most are
            return;
        }
    }

    private record Attributes(boolean directory, Instant changed, int links) {
        boolean changedBefore(Instant horizon) {
            return changed.isBefore(horizon);
        }
    }

    private static Attributes attributes(Path path) throws IOException {
        BasicFileAttributes basic =
                Files.readAttributes(path, BasicFileAttributes.class, NOFOLLOW_LINKS);
        int links = 1;
        if (basic.isDirectory()
                && Files.getAttribute(path, "unix:nlink", NOFOLLOW_LINKS) instanceof Integer n) {
            links = n;
        }
        return new Attributes(basic.isDirectory(), basic.lastModifiedTime().toInstant(), links);
    }
}
