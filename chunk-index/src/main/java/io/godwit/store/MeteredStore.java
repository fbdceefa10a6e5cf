package io.godwit.store;

import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/// Counts what goes through a store. A call that fails is a failure and nothing else.
public final class MeteredStore implements Store {
    private final Store store;
    private final LongAdder puts = new LongAdder();
    private final LongAdder putBytes = new LongAdder();
    private final LongAdder existing = new LongAdder();
    private final LongAdder gets = new LongAdder();
    private final LongAdder gotBytes = new LongAdder();
    private final LongAdder lists = new LongAdder();
    private final LongAdder listed = new LongAdder();
    private final LongAdder deletes = new LongAdder();
    private final LongAdder failures = new LongAdder();

    public MeteredStore(Store store) {
        this.store = store;
    }

    /// The counts now; calls that run meanwhile may be in some and not in others.
    public StoreMetrics metrics() {
        return new StoreMetrics(
                puts.sum(),
                putBytes.sum(),
                existing.sum(),
                gets.sum(),
                gotBytes.sum(),
                lists.sum(),
                listed.sum(),
                deletes.sum(),
                failures.sum());
    }

    @Override
    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
        Put put = counted(() -> store.putIfAbsent(key, content));
        switch (put) {
            case CREATED -> {
                puts.increment();
                putBytes.add(content.byteSize());
            }
            case EXISTS -> existing.increment();
        }
        return put;
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxLength) {
        Optional<byte[]> content = counted(() -> store.get(key, maxLength));
        gets.increment();
        content.ifPresent(bytes -> gotBytes.add(bytes.length));
        return content;
    }

    @Override
    public long read(ObjectKey key, long offset, MemorySegment target) {
        long count = counted(() -> store.read(key, offset, target));
        gets.increment();
        gotBytes.add(Math.max(0, count));
        return count;
    }

    @Override
    public Optional<Tail> readTail(ObjectKey key, MemorySegment target) {
        Optional<Tail> tail = counted(() -> store.readTail(key, target));
        gets.increment();
        tail.ifPresent(end -> gotBytes.add(end.read()));
        return tail;
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        Page page = counted(() -> store.list(prefix, after, limit));
        lists.increment();
        listed.add(page.objects().size());
        return page;
    }

    @Override
    public boolean retain(ObjectKey key, Instant least, Instant wanted) {
        return counted(() -> store.retain(key, least, wanted));
    }

    @Override
    public void delete(ObjectKey key) {
        boolean done =
                counted(
                        () -> {
                            store.delete(key);
                            return true;
                        });
        deletes.add(done ? 1 : 0);
    }

    private <T> T counted(Supplier<T> call) {
        boolean done = false;
        try {
            T result = call.get();
            done = true;
            return result;
        } finally {
            if (!done) {
                failures.increment();
            }
        }
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
