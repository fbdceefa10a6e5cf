package io.godwit.simulation.repository;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.simulation.Crashed;
import io.godwit.simulation.Dice;
import io.godwit.simulation.Kernel;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import io.godwit.store.StoreTraits;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The store as one process reaches it: each call takes a while on its way there and back, in which
/// others go on, and in which the process may die; and it may end in every way that S3 allows.
///
/// A put that its client has given up, or that was under way when its process died, may land much
/// later, or never. Listings come in pages, and a page need not be of one moment: what was there
/// all the time is in it, what never was is not.
final class StoreClient implements Store {
    /// When a client gives up.
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final SimulatedStore store;
    private final Kernel kernel;
    private final Dice dice;
    private final Weather weather;
    private final Runnable beforeWaiting;

    /// @param beforeWaiting may end the process, or stop it
    StoreClient(
            SimulatedStore store,
            Kernel kernel,
            Dice dice,
            Weather weather,
            Runnable beforeWaiting) {
        this.store = store;
        this.kernel = kernel;
        this.dice = dice;
        this.weather = weather;
        this.beforeWaiting = beforeWaiting;
    }

    private void travel() {
        long usual = weather.latency().toNanos();
        long nanos = usual / 2 + (long) (usual * 1e-3 * dice.below(1000));
        if (dice.strikes("slow", weather.slow())) {
            nanos += dice.spread(1000, 1_800_000) * 1_000_000;
        }
        beforeWaiting.run();
        kernel.pause(Duration.ofNanos(nanos));
    }

    private void giveUp() {
        beforeWaiting.run();
        kernel.pause(TIMEOUT);
    }

    private GodwitException unavailable(String call) {
        kernel.note(call + ": refused");
        return new GodwitException(FailureKind.UNAVAILABLE, "503 or 409: " + call);
    }

    private GodwitException indeterminate(String call) {
        kernel.note(call + ": no answer");
        return new GodwitException(FailureKind.INDETERMINATE, "no answer: " + call);
    }

    private Duration later() {
        return Duration.ofMillis(dice.spread(10, Math.max(11, weather.late().toMillis())));
    }

    @Override
    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
        byte[] bytes = content.toArray(ValueLayout.JAVA_BYTE);
        try {
            travel();
        } catch (Crashed e) {
            if (dice.strikes("lands after a crash", 0.5)) {
                store.putLater(later(), key, bytes);
            }
            throw e;
        }
        if (dice.strikes("refused", weather.refused())) {
            travel();
            throw unavailable("put " + key);
        }
        if (dice.strikes("no answer", weather.lost())) {
            lose(key, bytes);
            giveUp();
            throw indeterminate("put " + key);
        }
        Put put = store.put(key, bytes);
        if (put == Put.CREATED && dice.strikes("sent twice", weather.resent())) {
            put = Put.EXISTS;
        }
        travel();
        return put;
    }

    private void lose(ObjectKey key, byte[] bytes) {
        switch (dice.below(3)) {
            case 0 -> store.put(key, bytes);
            case 1 -> store.putLater(later(), key, bytes);
            default -> kernel.note("put " + key + " never lands");
        }
    }

    @Override
    public void delete(ObjectKey key) {
        try {
            travel();
        } catch (Crashed e) {
            if (dice.strikes("lands after a crash", 0.5)) {
                store.deleteLater(later(), key);
            }
            throw e;
        }
        if (dice.strikes("refused", weather.refused())) {
            travel();
            throw unavailable("delete " + key);
        }
        if (dice.strikes("no answer", weather.lost())) {
            switch (dice.below(3)) {
                case 0 -> store.delete(key);
                case 1 -> store.deleteLater(later(), key);
                default -> kernel.note("delete " + key + " never lands");
            }
            giveUp();
            throw indeterminate("delete " + key);
        }
        store.delete(key);
        travel();
    }

    /// Keys are read when a process starts, and nothing depends on when.
    private static boolean isSetting(String name) {
        return name.equals("config") || name.startsWith("keys/") || name.startsWith("ring/");
    }

    private <T> T asked(String call, Supplier<T> question) {
        travel();
        if (dice.strikes("refused", weather.refused())) {
            travel();
            throw unavailable(call);
        }
        T answer = question.get();
        if (dice.strikes("no answer", weather.lost() / 2)) {
            giveUp();
            throw unavailable(call);
        }
        travel();
        return answer;
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxLength) {
        if (isSetting(key.value())) {
            return store.truth().get(key, maxLength);
        }
        return asked(
                "get " + key,
                () -> {
                    Optional<byte[]> found = store.truth().get(key, maxLength);
                    kernel.note("get " + key + (found.isPresent() ? "" : ": not there"));
                    return found;
                });
    }

    @Override
    public long read(ObjectKey key, long offset, MemorySegment target) {
        return asked(
                "read " + key,
                () -> {
                    long read = store.truth().read(key, offset, target);
                    kernel.note("read " + key + (read < 0 ? ": not there" : ""));
                    return read;
                });
    }

    @Override
    public Optional<Tail> readTail(ObjectKey key, MemorySegment target) {
        return asked(
                "read tail of " + key,
                () -> {
                    Optional<Tail> tail = store.truth().readTail(key, target);
                    kernel.note("read tail of " + key + (tail.isPresent() ? "" : ": not there"));
                    return tail;
                });
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        if (isSetting(prefix)) {
            return store.truth().list(prefix, after, limit);
        }
        int most = Math.min(limit, weather.page());
        return asked(
                "list " + prefix,
                () -> {
                    Page page = store.truth().list(prefix, after, most);
                    if (page.objects().size() > 1 && dice.strikes("torn", weather.torn())) {
                        page = torn(page, prefix, after, most);
                    }
                    kernel.note("list " + prefix + ": " + page.objects().size());
                    return page;
                });
    }

    /// One part as it was before, the other as it is a moment later.
    private Page torn(Page before, String prefix, String after, int limit) {
        String split = before.objects().get(dice.below(before.objects().size())).key().value();
        boolean endIsNewer = dice.chance(0.5);
        travel();
        Page now = store.truth().list(prefix, after, limit);
        Page start = endIsNewer ? before : now;
        Page end = endIsNewer ? store.truth().list(prefix, split, limit) : before;
        List<Listed> objects = new ArrayList<>();
        for (Listed listed : start.objects()) {
            if (listed.key().value().compareTo(split) <= 0) {
                objects.add(listed);
            }
        }
        boolean cut = !endIsNewer && start.more() && objects.size() == start.objects().size();
        for (Listed listed : cut ? List.<Listed>of() : end.objects()) {
            if (listed.key().value().compareTo(split) > 0 && objects.size() < limit) {
                objects.add(listed);
            }
        }
        boolean more = cut || end.more() || objects.size() == limit;
        return objects.isEmpty() ? now : new Page(List.copyOf(objects), more);
    }

    @Override
    public StoreTraits traits() {
        return new StoreTraits("simulated", false);
    }

    @Override
    public String describe() {
        return "simulated store";
    }

    @Override
    public void close() {}
}
