package io.godwit.store;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/// Removes what crashed writers left in `tmp/`, once a day, on the thread of a put. It is best effort: what it
/// may not remove stays, and a temporary file that is younger than a day belongs to somebody.
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
        if (now.isBefore(next) || !due.compareAndSet(next, now.plus(STALE))) {
            return;
        }
        sweepTemporaries(now.minus(STALE));
    }

    private void sweepTemporaries(Instant horizon) {
        Path directory = root.resolve(TemporaryFiles.DIRECTORY);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, ".*")) {
            for (Path file : files) {
                if (changedBefore(file, horizon)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // not ours to remove, or no such directory yet: the next sweep tries again
            return;
        }
    }

    private static boolean changedBefore(Path path, Instant horizon) throws IOException {
        FileTime changed = Files.getLastModifiedTime(path, NOFOLLOW_LINKS);
        return changed.toInstant().isBefore(horizon);
    }
}
