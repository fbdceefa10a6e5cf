package io.godwit.store;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// The one place that tries again: what had no effect (`UNAVAILABLE`) and what has the same effect
/// twice.
///
/// A put in doubt (`INDETERMINATE`) is sent again, and when the name is taken then, the content
/// decides whether it was ours. Not so a register, whose keys start with `s/` or `gc/`: its
/// protocol decides what a doubt means, so it is passed on at once. A register's put is sent again
/// only after `UNAVAILABLE`, which promises that the one before had no effect and never will.
public final class RetryingStore implements Store {
    private static final long COMPARED_BYTES = 1 << 20;

    private final Store store;
    private final RetryPolicy policy;
    private final Sleeper sleeper;
    private final RandomGenerator random;

    /// @param random is used by this store only, by one thread at a time
    public RetryingStore(Store store, RetryPolicy policy, Sleeper sleeper, RandomGenerator random) {
        this.store = store;
        this.policy = policy;
        this.sleeper = sleeper;
        this.random = random;
    }

    /// Whether the name is one that a protocol decides, and that is never put again after a doubt.
    public static boolean isRegister(ObjectKey key) {
        return key.value().startsWith("s/") || key.value().startsWith("gc/");
    }

    @Override
    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
        if (isRegister(key)) {
            return retry(false, () -> store.putIfAbsent(key, content));
        }
        boolean doubtful = false;
        for (int attempt = 1; ; attempt++) {
            try {
                Put put = store.putIfAbsent(key, content);
                boolean mine = put == Put.EXISTS && doubtful && holds(key, content);
                return mine ? Put.CREATED : put;
            } catch (GodwitException e) {
                doubtful |= e.kind() == FailureKind.INDETERMINATE;
                waitOrGiveUp(e, attempt, true, doubtful);
            }
        }
    }

    private boolean holds(ObjectKey key, MemorySegment content) {
        long length = content.byteSize();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment piece = arena.allocate(Math.min(length + 1, COMPARED_BYTES), 8);
            long offset = 0;
            while (true) {
                long count = read(key, offset, piece);
                boolean fits = count >= 0 && count <= length - offset;
                if (!fits || mismatch(content, offset, piece, count)) {
                    return false;
                }
                offset += count;
                if (count < piece.byteSize()) {
                    return offset == length;
                }
            }
        }
    }

    private static boolean mismatch(
            MemorySegment all, long offset, MemorySegment part, long count) {
        return MemorySegment.mismatch(all, offset, offset + count, part, 0, count) >= 0;
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxLength) {
        return retry(true, () -> store.get(key, maxLength));
    }

    @Override
    public long read(ObjectKey key, long offset, MemorySegment target) {
        return retry(true, () -> store.read(key, offset, target));
    }

    @Override
    public Optional<Tail> readTail(ObjectKey key, MemorySegment target) {
        return retry(true, () -> store.readTail(key, target));
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        return retry(true, () -> store.list(prefix, after, limit));
    }

    @Override
    public boolean retain(ObjectKey key, Instant least, Instant wanted) {
        return retry(true, () -> store.retain(key, least, wanted));
    }

    @Override
    public void delete(ObjectKey key) {
        retry(
                true,
                () -> {
                    store.delete(key);
                    return true;
                });
    }

    private <T> T retry(boolean repeatable, Supplier<T> call) {
        for (int attempt = 1; ; attempt++) {
            try {
                return call.get();
            } catch (GodwitException e) {
                waitOrGiveUp(e, attempt, repeatable, false);
            }
        }
    }

    /// @param repeatable whether the call may be made again after a doubt
    /// @param doubtful whether an earlier attempt may have had its effect, whatever the last one
    ///     says
    private void waitOrGiveUp(
            GodwitException e, int attempt, boolean repeatable, boolean doubtful) {
        boolean again =
                switch (e.kind()) {
                    case UNAVAILABLE -> true;
                    case INDETERMINATE -> repeatable;
                    case INVALID, PARTIAL, NOT_FOUND, CORRUPT, FENCED, DENIED -> false;
                    case INTERRUPTED, INTERNAL -> false;
                };
        if (again && attempt < policy.attempts()) {
            sleeper.pause(delay(attempt), "waiting for " + store.describe());
            return;
        }
        throw doubtful && e.kind() == FailureKind.UNAVAILABLE ? inDoubt(e) : e;
    }

    private Duration delay(int attempt) {
        synchronized (random) {
            return policy.delay(attempt, random);
        }
    }

    private static GodwitException inDoubt(GodwitException last) {
        GodwitException doubt =
                new GodwitException(
                        FailureKind.INDETERMINATE,
                        "put may or may not have been applied: " + last.getMessage(),
                        last);
        last.object().ifPresent(doubt::withObject);
        return doubt;
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
