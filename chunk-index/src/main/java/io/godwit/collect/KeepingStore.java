package io.godwit.collect;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.store.ObjectKey;
import io.godwit.store.ObjectLock;
import io.godwit.store.Store;
import io.godwit.store.StoreTraits;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A store that may refuse to delete what can be locked, packs and entries of snapshots: those stay
/// where they are, and are remembered. That is always safe, for what may be deleted is not looked
/// at any more. Any other refusal is a failure. Any number of threads.
final class KeepingStore implements Store {
    private final Store store;
    private final Set<ObjectKey> kept = ConcurrentHashMap.newKeySet();

    KeepingStore(Store store) {
        this.store = store;
    }

    Set<ObjectKey> kept() {
        return Set.copyOf(kept);
    }

    @Override
    public void delete(ObjectKey key) {
        try {
            store.delete(key);
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.DENIED || !ObjectLock.covers(key)) {
                throw e;
            }
            kept.add(key);
        }
    }

    @Override
    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
        return store.putIfAbsent(key, content);
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
    public boolean retain(ObjectKey key, Instant least, Instant wanted) {
        return store.retain(key, least, wanted);
    }

    @Override
    public StoreTraits traits() {
        return store.traits();
    }

    @Override
    public String describe() {
        return store.describe();
    }

    /// It belongs to whoever opened it.
    @Override
    public void close() {}
}
