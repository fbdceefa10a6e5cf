package io.godwit.chaos;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/// A repository that everybody works on, and what must be in it.
final class Place {
    final Ledger ledger = new Ledger();
    private final String name;
    private final IntFunction<String> url;
    private final Path key;
    private final AtomicInteger collecting = new AtomicInteger();
    private final AtomicLong collections = new AtomicLong();

    Place(String name, IntFunction<String> url, Path key) {
        this.name = name;
        this.url = url;
        this.key = key;
    }

    String name() {
        return name;
    }

    String url(int lane) {
        return url.apply(lane);
    }

    Path key() {
        return key;
    }

    List<String> options(int lane) {
        return List.of("-r", url(lane), "--key-file", key.toString());
    }

    void collectionBegins() {
        collections.incrementAndGet();
        collecting.incrementAndGet();
    }

    void collectionEnds() {
        collections.incrementAndGet();
        collecting.decrementAndGet();
    }

    /// Another number when a collection was under way at any moment in between.
    long collections() {
        return collecting.get() > 0 ? collections.incrementAndGet() : collections.get();
    }
}
