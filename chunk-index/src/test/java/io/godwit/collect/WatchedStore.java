package io.godwit.collect;

import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Tells of every call before and behind it, as `PUT key` or `LIST prefix`: where a test kills the
/// process, or lets others act. What they do through it themselves is not told of.
final class WatchedStore implements Store {
    /// The process is gone: not an exception that anything catches, and no call comes after it.
    static final class Killed extends Error {}

    /// Is told of the calls; numbers count from 1.
    interface Watcher {
        default void before(int number, String call) {}

        default void behind(int number, String call) {}
    }

    private final Store inner;
    private final Watcher watcher;
    private final List<String> calls = new ArrayList<>();
    private boolean watching = true;
    private boolean dead;

    WatchedStore(Store inner, Watcher watcher) {
        this.inner = inner;
        this.watcher = watcher;
    }

    List<String> calls() {
        return calls;
    }

    private <T> T call(String call, Supplier<T> action) {
        if (dead) {
            throw new Killed();
        }
        if (!watching) {
            return action.get();
        }
        calls.add(call);
        int number = calls.size();
        unwatched(() -> watcher.before(number, call));
        T result = action.get();
        unwatched(() -> watcher.behind(number, call));
        return result;
    }

    private void unwatched(Runnable action) {
        watching = false;
        try {
            action.run();
        } catch (Killed e) {
            dead = true;
            throw e;
        } finally {
            watching = true;
        }
    }

    @Override
    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
        return call("PUT " + key, () -> inner.putIfAbsent(key, content));
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxLength) {
        return call("GET " + key, () -> inner.get(key, maxLength));
    }

    @Override
    public long read(ObjectKey key, long offset, MemorySegment target) {
        return call("READ " + key, () -> inner.read(key, offset, target));
    }

    @Override
    public Optional<Tail> readTail(ObjectKey key, MemorySegment target) {
        return call("READ " + key, () -> inner.readTail(key, target));
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        return call("LIST " + prefix, () -> inner.list(prefix, after, limit));
    }

    @Override
    public void delete(ObjectKey key) {
        call(
                "DELETE " + key,
                () -> {
                    inner.delete(key);
                    return true;
                });
    }

    @Override
    public String describe() {
        return "watched";
    }

    @Override
    public void close() {}
}
