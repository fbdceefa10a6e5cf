package io.godwit.simulation.repository;

import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Passes everything on; a mistake overrides what it gets wrong.
class TwistedStore implements Store {
    final Store honest;

    TwistedStore(Store honest) {
        this.honest = honest;
    }

    @Override
    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
        return honest.putIfAbsent(key, content);
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxLength) {
        return honest.get(key, maxLength);
    }

    @Override
    public long read(ObjectKey key, long offset, MemorySegment target) {
        return honest.read(key, offset, target);
    }

    @Override
    public Optional<Tail> readTail(ObjectKey key, MemorySegment target) {
        return honest.readTail(key, target);
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        return honest.list(prefix, after, limit);
    }

    @Override
    public void delete(ObjectKey key) {
        honest.delete(key);
    }

    @Override
    public String describe() {
        return honest.describe();
    }

    @Override
    public void close() {
        honest.close();
    }

    // ---- what mistakes have in common

    static final Page NOTHING = new Page(List.of(), false);

    static final long THERE = 1;

    static final long NOT_THERE = -1;

    /// A page without some names; never empty while there is more.
    Page without(String prefix, String after, int limit, Predicate<String> hidden) {
        String from = after;
        while (true) {
            Page page = honest.list(prefix, from, limit);
            List<Listed> kept = new ArrayList<>();
            for (Listed listed : page.objects()) {
                from = listed.key().value();
                if (!hidden.test(from)) {
                    kept.add(listed);
                }
            }
            if (!kept.isEmpty() || !page.more()) {
                return new Page(kept, page.more());
            }
        }
    }
}
