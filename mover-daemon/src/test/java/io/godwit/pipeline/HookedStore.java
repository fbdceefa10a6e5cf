package io.godwit.pipeline;

import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import io.godwit.store.StoreTraits;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// A store that tells a test of every put and read before it happens; the test may throw, wait or
/// damage things.
final class HookedStore implements Store {
    private final Store below;
    final AtomicLong putBytes = new AtomicLong();
    final AtomicLong puts = new AtomicLong();
    volatile Consumer<ObjectKey> beforePut = key -> {};
    volatile Consumer<ObjectKey> afterPut = key -> {};
    volatile Consumer<ObjectKey> beforeRead = key -> {};

    HookedStore(Store below) {
        this.below = below;
    }

    Store below() {
        return below;
    }

    @Override
    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
        beforePut.accept(key);
        puts.incrementAndGet();
        putBytes.addAndGet(content.byteSize());
        Put put = below.putIfAbsent(key, content);
        afterPut.accept(key);
        return put;
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxLength) {
        beforeRead.accept(key);
        return below.get(key, maxLength);
    }

    @Override
    public long read(ObjectKey key, long offset, MemorySegment target) {
        beforeRead.accept(key);
        return below.read(key, offset, target);
    }

    @Override
    public Optional<Tail> readTail(ObjectKey key, MemorySegment target) {
        beforeRead.accept(key);
        return below.readTail(key, target);
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        return below.list(prefix, after, limit);
    }

    @Override
    public void delete(ObjectKey key) {
        below.delete(key);
    }

    @Override
    public StoreTraits traits() {
        return below.traits();
    }

    @Override
    public String describe() {
        return below.describe();
    }

    @Override
    public void close() {
        below.close();
    }
}
