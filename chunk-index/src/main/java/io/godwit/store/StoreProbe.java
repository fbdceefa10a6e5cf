package io.godwit.store;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.store.Store.Listed;
import io.godwit.store.Store.Page;
import io.godwit.store.Store.Put;
import io.godwit.store.StoreCapabilities.Tier;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Tries whether a store does what commit rests on: a name is taken once, by one of many at once,
/// and what was written is there for the next get and the next list.
///
/// It writes some small objects below `<prefix>/`, where nothing of that name was before, and
/// deletes them if it may. One thread runs it; the race brings its own threads.
public final class StoreProbe {
    /// As many as start at once from a barrier; a store that answers two of them "created" is found
    /// out.
    static final int CONTENDERS = 32;

    private static final int ROUNDS = 5;
    private static final int MAX_LENGTH = 4096;

    private final Store store;
    private final ThreadFactory threads;
    private final LongSupplier nanoTime;
    private final List<ObjectKey> written = new ArrayList<>();

    public StoreProbe(Store store, ThreadFactory threads, LongSupplier nanoTime) {
        this.store = store;
        this.threads = threads;
        this.nanoTime = nanoTime;
    }

    /// Probes the store.
    ///
    /// @param prefix legal as an object key and new each time, for example `probe/<random>`
    /// @throws GodwitException `INVALID` when the store cannot hold a repository
    public StoreCapabilities run(String prefix) {
        try {
            long[] puts = new long[ROUNDS];
            long[] reads = new long[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                ObjectKey key = key(prefix + "/once-" + round);
                expectNothing(key);
                puts[round] = timed(() -> take(key));
                reads[round] = timed(() -> expect(key, "first"));
                takeAgain(key);
                listBack(prefix + "/once-", round + 1);
            }
            race(key(prefix + "/race"));
            StoreTraits traits = store.traits();
            return new StoreCapabilities(
                    traits.medium(),
                    traits.singleHost() ? Tier.SINGLE_HOST : Tier.SHARED,
                    CONTENDERS,
                    median(puts),
                    median(reads),
                    traits.versioned());
        } finally {
            written.forEach(this::tidy);
        }
    }

    private ObjectKey key(String text) {
        ObjectKey key = new ObjectKey(text);
        written.add(key);
        return key;
    }

    private void expectNothing(ObjectKey key) {
        if (store.get(key, MAX_LENGTH).isPresent()) {
            throw unfit("an object is there before it was put", key);
        }
    }

    private void take(ObjectKey key) {
        if (store.putIfAbsent(key, content("first")) != Put.CREATED) {
            throw unfit("a new name is said to be taken", key);
        }
    }

    private void takeAgain(ObjectKey key) {
        if (store.putIfAbsent(key, content("second")) != Put.EXISTS) {
            throw unfit("the same name could be put twice", key);
        }
        expect(key, "first");
        MemorySegment end = MemorySegment.ofArray(new byte[2]);
        if (store.read(key, 3, end) != 2 || end.mismatch(content("st")) >= 0) {
            throw unfit("a range does not hold what was put", key);
        }
    }

    private void expect(ObjectKey key, String content) {
        byte[] seen =
                store.get(key, MAX_LENGTH)
                        .orElseThrow(() -> unfit("an object is not there after its put", key));
        if (!Arrays.equals(seen, content.getBytes(StandardCharsets.UTF_8))) {
            throw unfit("an object does not hold what was put", key);
        }
    }

    private void listBack(String prefix, int expected) {
        Page all = store.list(prefix, "", 2 * ROUNDS);
        Page rest = store.list(prefix, prefix + (expected - 2), 1);
        ObjectKey last = new ObjectKey(prefix + (expected - 1));
        Listed wanted = new Listed(last, 5);
        if (all.objects().size() != expected || !all.objects().getLast().equals(wanted)) {
            throw unfit("a list does not show what was put", last);
        }
        if (expected > 1 && !rest.objects().equals(List.of(wanted))) {
            throw unfit("a list does not start behind a given name", last);
        }
    }

    private void race(ObjectKey key) {
        try (ExecutorService racers = Executors.newFixedThreadPool(CONTENDERS, threads)) {
            CyclicBarrier start = new CyclicBarrier(CONTENDERS);
            List<Future<Put>> results = new ArrayList<>();
            for (int i = 0; i < CONTENDERS; i++) {
                MemorySegment content = content("contender " + i);
                Callable<Put> racer =
                        () -> {
                            start.await();
                            return store.putIfAbsent(key, content);
                        };
                results.add(racers.submit(racer));
            }
            judge(key, results);
        }
    }

    /// A contender in doubt may be the winner; the object tells.
    private void judge(ObjectKey key, List<Future<Put>> results) {
        List<String> winners = new ArrayList<>();
        List<String> doubtful = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            try {
                if (results.get(i).get() == Put.CREATED) {
                    winners.add("contender " + i);
                }
            } catch (ExecutionException e) {
                if (!isInDoubt(e.getCause())) {
                    throw failed(e);
                }
                doubtful.add("contender " + i);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw StoreFailures.interrupted("probing " + store.describe());
            }
        }
        if (winners.size() > 1) {
            throw unfit(winners.size() + " puts at once were told that they took one name", key);
        }
        byte[] seen =
                store.get(key, MAX_LENGTH)
                        .orElseThrow(() -> unfit("an object is not there after its put", key));
        List<String> expected = winners.isEmpty() ? doubtful : winners;
        if (!expected.contains(new String(seen, StandardCharsets.UTF_8))) {
            throw unfit("an object is not the one whose put took the name", key);
        }
    }

    private static boolean isInDoubt(@Nullable Throwable cause) {
        return cause instanceof GodwitException e
                && (e.kind() == FailureKind.INDETERMINATE || e.kind() == FailureKind.UNAVAILABLE);
    }

    private GodwitException failed(ExecutionException e) {
        if (e.getCause() instanceof GodwitException cause) {
            return cause;
        }
        return new GodwitException(
                FailureKind.INTERNAL, "probe failed: store=" + store.describe(), e);
    }

    private GodwitException unfit(String finding, ObjectKey key) {
        return new GodwitException(
                        FailureKind.INVALID,
                        "store cannot hold a repository, "
                                + finding
                                + ": store="
                                + store.describe()
                                + " object="
                                + key)
                .withObject(key.value())
                .withHint("use a store with atomic put-if-absent and consistent lists");
    }

    private long timed(Runnable step) {
        long start = nanoTime.getAsLong();
        step.run();
        return nanoTime.getAsLong() - start;
    }

    private static Duration median(long[] nanos) {
        Arrays.sort(nanos);
        return Duration.ofNanos(nanos[nanos.length / 2]);
    }

    /// A writer may not delete; what stays is a few small objects that no one reads.
    private void tidy(ObjectKey key) {
        try {
            store.delete(key);
        } catch (GodwitException e) {
            if (e.kind() == FailureKind.INTERNAL) {
                throw e;
            }
        }
    }

    private static MemorySegment content(String text) {
        return MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8));
    }
}
