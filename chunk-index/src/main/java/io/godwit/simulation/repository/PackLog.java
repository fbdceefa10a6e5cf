package io.godwit.simulation.repository;

import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// The store as it is, and which packs were found in it when something was read.
final class PackLog implements Store {
    private final Store store;
    private final Set<String> packs = new HashSet<>();

    PackLog(Store store) {
        this.store = store;
    }

    void clear() {
        packs.clear();
    }

    Set<String> packs() {
        return Set.copyOf(packs);
    }

    @Override
    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
        throw new IllegalStateException("a judge changes nothing: " + key);
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxLength) {
        return store.get(key, maxLength);
    }

    @Override
    public long read(ObjectKey key, long offset, MemorySegment target) {
        long read = store.read(key, offset, target);
        boolean pack = key.value().startsWith("p/") || key.value().startsWith("m/");
        if (pack && read >= 0) {
            packs.add(key.value());
        }
        return read;
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
        throw new IllegalStateException("a judge changes nothing: " + key);
    }

    @Override
    public String describe() {
        return store.describe();
    }

    @Override
    public void close() {}
}
