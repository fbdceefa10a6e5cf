package io.godwit.seal;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// A process that is killed at its n-th put or delete: before it took effect, or right behind.
final class DyingStore implements Store {
    /// What a killed process does no more: anything.
    static final class Killed extends RuntimeException {}

    private final Store store;
    private final End end;
    private int left;
    private Optional<Runnable> late = Optional.empty();

    /// How the fatal change ends.
    enum End {
        KILLED_BEFORE,
        KILLED_BEHIND,
        /// The answer is lost, and so is the change.
        DOUBT_LOST,
        /// The answer is lost, the change is not.
        DOUBT_APPLIED,
        /// The answer is lost, and the change lands when somebody has looked for it in vain.
        DOUBT_LATE,
        /// Said to be done, and is not.
        LOST
    }

    /// @param left how many changes succeed before the fatal one
    DyingStore(Store store, int left, End end) {
        this.store = store;
        this.left = left;
        this.end = end;
    }

    private boolean dies() {
        return left-- == 0;
    }

    /// Whether the fatal change was reached.
    boolean died() {
        return left < 0;
    }

    @Override
    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
        if (!dies()) {
            return store.putIfAbsent(key, content);
        }
        if (end == End.LOST) {
            return Put.CREATED;
        }
        throw die(() -> store.putIfAbsent(key, content));
    }

    @Override
    public void delete(ObjectKey key) {
        if (!dies()) {
            store.delete(key);
        } else if (end != End.LOST) {
            throw die(() -> store.delete(key));
        }
    }

    private RuntimeException die(Runnable change) {
        switch (end) {
            case KILLED_BEHIND, DOUBT_APPLIED -> change.run();
            case DOUBT_LATE -> late = Optional.of(change);
            case KILLED_BEFORE, DOUBT_LOST, LOST -> {}
        }
        return switch (end) {
            case KILLED_BEFORE, KILLED_BEHIND -> new Killed();
            case DOUBT_LOST, DOUBT_APPLIED, DOUBT_LATE, LOST ->
                    new GodwitException(FailureKind.INDETERMINATE, "timed out");
        };
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxLength) {
        Optional<byte[]> found = store.get(key, maxLength);
        late.ifPresent(Runnable::run);
        late = Optional.empty();
        return found;
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
