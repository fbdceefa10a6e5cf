package io.godwit.commit;

import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/// A store whose calls take a little while before and after they take effect, so that threads mix.
final class SlowStore implements Store {
    private static final int PAUSE_NANOS = 200_000;

    private final Store inner;
    private final RandomGenerator random;

    SlowStore(Store inner, RandomGenerator random) {
        this.inner = inner;
        this.random = random;
    }

    private void pause() {
        LockSupport.parkNanos(random.nextInt(PAUSE_NANOS));
    }

    private <T> T around(java.util.function.Supplier<T> call) {
        pause();
        T result = call.get();
        pause();
        return result;
    }

    @Override
    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
        return around(() -> inner.putIfAbsent(key, content));
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxLength) {
        return around(() -> inner.get(key, maxLength));
    }

    @Override
    public long read(ObjectKey key, long offset, MemorySegment target) {
        return around(() -> inner.read(key, offset, target));
    }

    @Override
    public Optional<Tail> readTail(ObjectKey key, MemorySegment target) {
        return around(() -> inner.readTail(key, target));
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        return around(() -> inner.list(prefix, after, limit));
    }

    @Override
    public void delete(ObjectKey key) {
        inner.delete(key);
    }

    @Override
    public String describe() {
        return "slow " + inner.describe();
    }

    @Override
    public void close() {}
}
