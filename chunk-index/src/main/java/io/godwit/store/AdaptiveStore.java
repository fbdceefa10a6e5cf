package io.godwit.store;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Keeps as many requests in flight as a server takes, and no more.
///
/// The limit grows by one for each round of answers and halves when the server does not serve
/// (AIMD, as in TCP congestion control, RFC 5681): whatever failed as `UNAVAILABLE` or
/// `INDETERMINATE` counts, be it a plea to slow down or a time-out. Requests that were sent before
/// the last cut do not cut again: they met the same crowd. It grows only while it is what holds
/// requests back.
///
/// Registers (`s/`, `gc/`) are counted but never wait: a heartbeat that is late gets its session
/// fenced. Any number of threads; one monitor guards all fields.
public final class AdaptiveStore implements Store {
    /// Enough to hide the latency of a store in the same region, few enough for a small server.
    static final int FIRST = 8;

    /// More gain nothing at a few hundred megabytes a second, and each may hold a connection.
    public static final int MOST = 32;

    private final Store store;
    private final LongSupplier nanoTime;
    private double limit = FIRST;
    private int inFlight;
    private int waiting;
    private long cuts;
    private long lastCut;

    public AdaptiveStore(Store store, LongSupplier nanoTime) {
        this.store = store;
        this.nanoTime = nanoTime;
        this.lastCut = nanoTime.getAsLong();
    }

    /// How it stands now.
    ///
    /// @param limit of requests in flight
    /// @param inFlight requests, registers among them
    /// @param waiting threads
    /// @param cuts of the limit since the store was opened
    public record Flight(int limit, int inFlight, int waiting, long cuts) {}

    public synchronized Flight flight() {
        return new Flight((int) limit, inFlight, waiting, cuts);
    }

    private <T> T flown(boolean register, Supplier<T> request) {
        enter(register);
        long sent = nanoTime.getAsLong();
        boolean answered = false;
        boolean refused = false;
        try {
            T answer = request.get();
            answered = true;
            return answer;
        } catch (GodwitException e) {
            refused = e.kind() == FailureKind.UNAVAILABLE || e.kind() == FailureKind.INDETERMINATE;
            throw e;
        } finally {
            leave(sent, answered, refused);
        }
    }

    private synchronized void enter(boolean register) {
        waiting++;
        try {
            while (!register && inFlight >= (int) limit) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            GodwitException interrupted = StoreFailures.interrupted("waiting to ask the store");
            interrupted.initCause(e);
            throw interrupted;
        } finally {
            waiting--;
        }
        inFlight++;
    }

    private synchronized void leave(long sent, boolean answered, boolean refused) {
        boolean full = inFlight + waiting >= (int) limit;
        inFlight--;
        if (answered && full) {
            limit = Math.min(MOST, limit + 1 / limit);
        } else if (refused && sent - lastCut >= 0) {
            limit = Math.max(1, limit / 2);
            cuts++;
            lastCut = nanoTime.getAsLong();
        }
        notifyAll();
    }

    @Override
    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
        return flown(RetryingStore.isRegister(key), () -> store.putIfAbsent(key, content));
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxLength) {
        return flown(RetryingStore.isRegister(key), () -> store.get(key, maxLength));
    }

    @Override
    public long read(ObjectKey key, long offset, MemorySegment target) {
        return flown(RetryingStore.isRegister(key), () -> store.read(key, offset, target));
    }

    @Override
    public Optional<Tail> readTail(ObjectKey key, MemorySegment target) {
        return flown(RetryingStore.isRegister(key), () -> store.readTail(key, target));
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        boolean registers = prefix.startsWith("s/") || prefix.startsWith("gc/");
        return flown(registers, () -> store.list(prefix, after, limit));
    }

    @Override
    public boolean retain(ObjectKey key, Instant least, Instant wanted) {
        return flown(false, () -> store.retain(key, least, wanted));
    }

    @Override
    public void delete(ObjectKey key) {
        flown(
                RetryingStore.isRegister(key),
                () -> {
                    store.delete(key);
                    return true;
                });
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
