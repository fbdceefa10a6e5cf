package io.godwit.index;

import io.godwit.error.GodwitException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/// Fetches things from a store before they are needed, and hands them over in order.
///
/// Used by one thread; the fetching is done by the executor's. So many are under way that a distant
/// store is hidden, and so few that they take little memory.
///
/// @param <T> what is fetched
/// @param <R> what comes of it
final class FetchAhead<T, R> {
    private static final int MAX_AHEAD = 16;
    private static final long MAX_AHEAD_BYTES = 24L << 20;

    private final Executor fetchers;
    private final Function<T, R> fetch;
    private final ToLongFunction<T> bytes;

    /// @param bytes that a result takes, about
    FetchAhead(Executor fetchers, Function<T, R> fetch, ToLongFunction<T> bytes) {
        this.fetchers = fetchers;
        this.fetch = fetch;
        this.bytes = bytes;
    }

    private record Fetch<T, R>(T what, long bytes, CompletableFuture<R> result) {}

    /// Shows each with its result; asking for a result throws what fetching it threw.
    void forEach(Iterable<T> all, BiConsumer<T, Supplier<R>> sink) {
        Deque<Fetch<T, R>> ahead = new ArrayDeque<>();
        Iterator<T> rest = all.iterator();
        long aheadBytes = 0;
        while (rest.hasNext() || !ahead.isEmpty()) {
            boolean room = ahead.size() < MAX_AHEAD && aheadBytes < MAX_AHEAD_BYTES;
            if (rest.hasNext() && (ahead.isEmpty() || room)) {
                Fetch<T, R> started = start(rest.next());
                ahead.addLast(started);
                aheadBytes += started.bytes();
            } else {
                Fetch<T, R> first = ahead.removeFirst();
                aheadBytes -= first.bytes();
                sink.accept(first.what(), () -> joined(first.result()));
            }
        }
    }

    private Fetch<T, R> start(T what) {
        return new Fetch<>(
                what,
                bytes.applyAsLong(what),
                CompletableFuture.supplyAsync(() -> fetch.apply(what), fetchers));
    }

    private static <R> R joined(CompletableFuture<R> result) {
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof GodwitException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
