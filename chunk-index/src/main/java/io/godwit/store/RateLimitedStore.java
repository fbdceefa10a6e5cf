package io.godwit.store;

import io.godwit.error.GodwitException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Keeps the bytes that go to a store, and those that come from it, below a rate each.
///
/// A call waits until everything before it is paid for, then goes ahead and leaves its own bytes as
/// a debt, so sending and paying go on at once. Of a larger object all but one second's worth is
/// paid for beforehand, in slices of a tenth of a second: small ones pass in between, and none
/// waits for ever. Larger ones pay one after the other, so that their senders do not all run out of
/// objects at once. Registers (`s/`, `gc/`) are counted but never wait: a heartbeat that is late
/// gets its session fenced. Lists and deletes are not counted.
public final class RateLimitedStore implements Store {
    private static final long SLICES_PER_SECOND = 10;
    private static final long LARGEST_SLICE = 1 << 20;

    private final Store store;
    private final @Nullable Lane up;
    private final @Nullable Lane down;

    /// @param uploadBytesPerSecond 0 for no limit
    /// @param readBytesPerSecond 0 for no limit
    public RateLimitedStore(
            Store store,
            long uploadBytesPerSecond,
            long readBytesPerSecond,
            LongSupplier nanoTime,
            Sleeper sleeper) {
        this.store = store;
        this.up = Lane.of(uploadBytesPerSecond, nanoTime, sleeper);
        this.down = Lane.of(readBytesPerSecond, nanoTime, sleeper);
    }

    /// One direction.
    private record Lane(
            TokenBucket bucket, long slice, long debt, Sleeper sleeper, ReentrantLock large) {
        static @Nullable Lane of(long bytesPerSecond, LongSupplier nanoTime, Sleeper sleeper) {
            if (bytesPerSecond < 0) {
                throw new IllegalArgumentException("negative rate: " + bytesPerSecond);
            }
            if (bytesPerSecond == 0) {
                return null;
            }
            long slice = Math.clamp(bytesPerSecond / SLICES_PER_SECOND, 1, LARGEST_SLICE);
            return new Lane(
                    new TokenBucket(bytesPerSecond, nanoTime),
                    slice,
                    bytesPerSecond,
                    sleeper,
                    new ReentrantLock(true));
        }

        void pay(ObjectKey key, long bytes) {
            if (RetryingStore.isRegister(key)) {
                bucket.charge(bytes);
                return;
            }
            await(bytes > debt ? payBeforehand(bytes) : bytes);
        }

        /// Leaves at most a second's worth to be paid.
        private long payBeforehand(long bytes) {
            try {
                large.lockInterruptibly();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                GodwitException interrupted =
                        StoreFailures.interrupted("waiting for the rate limit");
                interrupted.initCause(e);
                throw interrupted;
            }
            try {
                long rest = bytes;
                while (rest > debt) {
                    await(slice);
                    rest -= slice;
                }
                return rest;
            } finally {
                large.unlock();
            }
        }

        private void await(long bytes) {
            long wait = bucket.reserve(bytes);
            if (wait > 0) {
                sleeper.pause(Duration.ofNanos(wait), "waiting for the rate limit");
            }
        }
    }

    @Override
    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
        if (up != null) {
            up.pay(key, content.byteSize());
        }
        return store.putIfAbsent(key, content);
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxLength) {
        Optional<byte[]> content = store.get(key, maxLength);
        if (down != null && content.isPresent()) {
            down.pay(key, content.get().length);
        }
        return content;
    }

    @Override
    public long read(ObjectKey key, long offset, MemorySegment target) {
        long count = store.read(key, offset, target);
        if (down != null) {
            down.pay(key, count);
        }
        return count;
    }

    @Override
    public Optional<Tail> readTail(ObjectKey key, MemorySegment target) {
        Optional<Tail> tail = store.readTail(key, target);
        if (down != null && tail.isPresent()) {
            down.pay(key, tail.get().read());
        }
        return tail;
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
    public void delete(ObjectKey key) {
        store.delete(key);
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
