package io.godwit.bench;

import io.godwit.store.DirectoryStore;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import io.godwit.store.StoreTraits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/// A directory store that syncs nothing when it puts, so that large repositories are generated
/// soon. Everything else is the directory store's.
final class UnsyncedStore implements Store {
    private final Path root;
    private final DirectoryStore store;
    private final Set<Path> made = ConcurrentHashMap.newKeySet();

    UnsyncedStore(Path root, RandomGenerator random) {
        this.root = root;
        this.store = DirectoryStore.open(root, Clock.systemUTC(), random);
    }

    @Override
    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
        Path file = root.resolve(key.value());
        try {
            Path directory = Objects.requireNonNull(file.getParent());
            if (made.add(directory)) {
                Files.createDirectories(directory);
            }
            try (FileChannel channel =
                    FileChannel.open(
                            file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
                channel.write(content.asByteBuffer());
            }
            return Put.CREATED;
        } catch (FileAlreadyExistsException e) {
            return Put.EXISTS;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxLength) {
        return store.get(key, maxLength);
    }

    @Override
    public long read(ObjectKey key, long offset, MemorySegment target) {
        return store.read(key, offset, target);
    }

    @Override
    public Optional<Tail> readTail(ObjectKey key, MemorySegment target) {
        return store.readTail(key, target);
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        return store.list(prefix, after, limit);
    }

    @Override
    public void delete(ObjectKey key) {
        try {
            Files.deleteIfExists(root.resolve(key.value()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public StoreTraits traits() {
        return store.traits();
    }

    @Override
    public String describe() {
        return store.describe();
    }

    @Override
    public void close() {
        store.close();
    }
}
