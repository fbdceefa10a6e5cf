package io.godwit.seal;

import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// A process that is killed at its n-th put or delete: before it took effect, or right behind.
final class DyingStore implements Store {
    /// What a killed process does no more: anything.
    static final class Killed extends Error {}

    private final Store store;
    private final boolean applied;
    private int left;

    /// @param left how many changes succeed before the fatal one
    /// @param applied whether the fatal one takes effect
    DyingStore(Store store, int left, boolean applied) {
        this.store = store;
        this.left = left;
        this.applied = applied;
    }

    private boolean dies() {
        return left-- == 0;
    }

    @Override
    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
        if (!dies()) {
            return store.putIfAbsent(key, content);
        }
        if (applied) {
            store.putIfAbsent(key, content);
        }
        throw new Killed();
    }

    @Override
    public void delete(ObjectKey key) {
        if (!dies()) {
            store.delete(key);
            return;
        }
        if (applied) {
            store.delete(key);
        }
        throw new Killed();
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
    public String describe() {
        return store.describe();
    }

    @Override
    public void close() {}
}
