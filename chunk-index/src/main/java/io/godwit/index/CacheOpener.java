package io.godwit.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds out how a cache can be used: written, only read, or not at all. Never fails, never waits.
///
/// Only the holder of the lock discards what is unusable. What somebody else holds is read as it
/// is, or left alone.
final class CacheOpener {
    /// The layout of the cache's tables and facts. Another one is discarded, older or newer.
    static final int FORMAT = 1;

    private static final String DATABASE = "index";
    private static final String INGEST = "ingest";

    /// Left in the database by who found damage in it: the next one to open it starts anew.
    private static final String DAMAGED = "DAMAGED";

    private final Path home;
    private final Path database;
    private final byte[] identity;
    private final CacheWarnings warnings;

    CacheOpener(Path cacheDirectory, byte[] repositoryId, CacheWarnings warnings) {
        home = cacheDirectory.resolve(HexFormat.of().formatHex(repositoryId));
        database = home.resolve(DATABASE);
        identity =
                ByteBuffer.allocate(2 + repositoryId.length)
                        .putShort((short) FORMAT)
                        .put(repositoryId)
                        .array();
        this.warnings = warnings;
    }

    /// What was opened. Without a database everything is kept in memory.
    record Opened(@Nullable CacheLock lock, @Nullable RocksTier tier) {}

    static void loadLibrary(Path cacheDirectory) {
        RocksLibrary.load(cacheDirectory.resolve("lib"));
    }

    Opened open() {
        Optional<CacheLock> lock;
        try {
            Files.createDirectories(home);
            lock = CacheLock.tryTake(home);
        } catch (IOException | RuntimeException e) {
            Opened readable = openToRead();
            if (readable.tier() == null) {
                warn("cannot be written, this run keeps its index in memory", e.toString());
            }
            return readable;
        }
        return lock.isPresent() ? openToWrite(lock.get()) : openToRead();
    }

    /// Opens it anew and empty, for who holds the lock.
    Opened reopenEmpty(CacheLock lock) {
        discard();
        return openToWrite(lock);
    }

    private Opened openToRead() {
        if (!Files.exists(database.resolve("CURRENT"))) {
            return new Opened(null, null);
        }
        try {
            RocksTier tier = RocksTier.open(database, false);
            if (Arrays.equals(identity, tier.fact(FactKeys.IDENTITY))) {
                return new Opened(null, tier);
            }
            tier.close();
        } catch (CacheFailure e) {
            warn("in use elsewhere and not readable, this run keeps its index in memory", e);
        }
        return new Opened(null, null);
    }

    /// Opens it for who holds the lock; what is unusable is discarded.
    Opened openToWrite(CacheLock lock) {
        sweepScratch();
        String reason = unusable();
        if (reason == null) {
            try {
                return new Opened(lock, openChecked());
            } catch (CacheFailure e) {
                reason = String.valueOf(e.getMessage());
            }
        }
        discard();
        try {
            RocksTier tier = openChecked();
            warn("discarded, it is built again", reason);
            return new Opened(lock, tier);
        } catch (CacheFailure e) {
            lock.close();
            warn("cannot be used, this run keeps its index in memory", e);
            return new Opened(null, null);
        }
    }

    /// Why what is there cannot be used, as far as one sees from outside; else null.
    private @Nullable String unusable() {
        if (Files.exists(database.resolve(DAMAGED))) {
            return "damage was found in it";
        }
        if (Files.exists(database.resolve("CURRENT"))) {
            return null;
        }
        try (Stream<Path> left = Files.exists(database) ? Files.list(database) : Stream.empty()) {
            return left.findAny().isPresent() ? "its parts are missing" : null;
        } catch (IOException e) {
            return e.toString();
        }
    }

    private RocksTier openChecked() throws CacheFailure {
        boolean fresh = !Files.exists(database.resolve("CURRENT"));
        RocksTier tier = RocksTier.open(database, true);
        try {
            byte[] found = tier.fact(FactKeys.IDENTITY);
            if (fresh) {
                tier.putFacts(Map.of(FactKeys.IDENTITY, identity), true);
            } else if (found == null || !Arrays.equals(found, identity)) {
                throw new CacheFailure(foreign(found), true, new IOException("identity"));
            }
            return tier;
        } catch (CacheFailure e) {
            tier.close();
            throw e;
        }
    }

    private String foreign(byte @Nullable [] found) {
        if (found == null || found.length != identity.length) {
            return "it belongs to nobody";
        }
        int format = ByteBuffer.wrap(found).getShort();
        return format == FORMAT
                ? "it belongs to another repository"
                : "its format is another one: found=%d known=%d".formatted(format, FORMAT);
    }

    /// Leaves word for the next one to open it that there is damage inside.
    void markDamaged() {
        try {
            Files.createFile(database.resolve(DAMAGED));
        } catch (IOException e) {
            // Then the next one finds the damage itself.
        }
    }

    private void discard() {
        deleteTree(database);
    }

    private void sweepScratch() {
        deleteTree(home.resolve(INGEST));
    }

    private static void deleteTree(Path root) {
        if (!Files.exists(root)) {
            return;
        }
        try {
            Files.walkFileTree(
                    root,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes seen)
                                throws IOException {
                            Files.delete(file);
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult postVisitDirectory(
                                Path directory, @Nullable IOException failure) throws IOException {
                            Files.delete(directory);
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            // Who cannot delete it cannot use it either, and says so.
        }
    }

    void warn(String what, CacheFailure cause) {
        warn(what, String.valueOf(cause.getMessage()));
    }

    void warn(String what, String reason) {
        warnings.warn("local cache %s: cache=%s reason=%s".formatted(what, home, reason));
    }
}
