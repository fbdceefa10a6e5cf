package io.godwit.store;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/// A store in the memory of this process: for tests and simulations, where it is the model of what
/// a store promises. Nothing is ever in doubt here; `FaultyStore` adds the doubts.
public final class MemoryStore implements Store {
    private final ConcurrentSkipListMap<String, byte[]> objects = new ConcurrentSkipListMap<>();

    @Override
    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
        byte[] copy = content.toArray(ValueLayout.JAVA_BYTE);
        return objects.putIfAbsent(key.value(), copy) == null ? Put.CREATED : Put.EXISTS;
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxLength) {
        byte[] content = objects.get(key.value());
        if (content == null) {
            return Optional.empty();
        }
        if (content.length > maxLength) {
            throw StoreFailures.tooLong(key, content.length, maxLength);
        }
        return Optional.of(content.clone());
    }

    @Override
    public long read(ObjectKey key, long offset, MemorySegment target) {
        StoreFailures.checkOffset(offset);
        byte[] content = objects.get(key.value());
        if (content == null) {
            return -1;
        }
        long count = Math.min(target.byteSize(), Math.max(0, content.length - offset));
        MemorySegment source = MemorySegment.ofArray(content);
        MemorySegment.copy(source, Math.min(offset, content.length), target, 0, count);
        return count;
    }

    @Override
    public Optional<Tail> readTail(ObjectKey key, MemorySegment target) {
        byte[] content = objects.get(key.value());
        if (content == null) {
            return Optional.empty();
        }
        int count = (int) Math.min(target.byteSize(), content.length);
        MemorySegment source = MemorySegment.ofArray(content);
        MemorySegment.copy(source, content.length - count, target, 0, count);
        return Optional.of(new Tail(content.length, count));
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        StoreFailures.checkLimit(limit);
        boolean fromPrefix = prefix.compareTo(after) > 0;
        List<Listed> found = new ArrayList<>();
        for (Map.Entry<String, byte[]> entry :
                objects.tailMap(fromPrefix ? prefix : after, fromPrefix).entrySet()) {
            if (!entry.getKey().startsWith(prefix)) {
                break;
            }
            if (found.size() == limit) {
                return new Page(found, true);
            }
            found.add(new Listed(new ObjectKey(entry.getKey()), entry.getValue().length));
        }
        return new Page(found, false);
    }

    @Override
    public void delete(ObjectKey key) {
        objects.remove(key.value());
    }

    @Override
    public StoreTraits traits() {
        return new StoreTraits("memory", false);
    }

    @Override
    public String describe() {
        return "memory";
    }

    @Override
    public void close() {}
}
