package io.godwit.store;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/// A store that fails, by seed: what happens to the n-th call about a key depends on seed, key and
/// n alone, so one seed is one history whatever the threads do.
public final class FaultyStore implements Store {
    /// What can go wrong. The first three are what the port allows; the others are damage.
    public enum Fault {
        /// The call had no effect and says so.
        UNAVAILABLE,
        /// A put was applied, and its answer was lost.
        IN_DOUBT_APPLIED,
        /// A put was not applied, and its answer was lost.
        IN_DOUBT_LOST,
        /// The call takes its time.
        DELAY,
        /// A put says that it created the object, and it is not there.
        LOST_OBJECT,
        /// A read returns the right length and one wrong bit.
        FLIPPED_BIT,
        /// A read finds half of the object.
        TRUNCATED,
        /// A read finds no object.
        ABSENT,
        /// A list lacks an object.
        STALE_LIST
    }

    private final Store store;
    private final long seed;
    private final Sleeper sleeper;
    private final Map<Fault, Double> chances = new EnumMap<>(Fault.class);
    private final Map<String, AtomicLong> calls = new ConcurrentHashMap<>();
    private volatile Predicate<String> victims = key -> true;

    public FaultyStore(Store store, long seed, Sleeper sleeper) {
        this.store = store;
        this.seed = seed;
        this.sleeper = sleeper;
    }

    /// Sets how often a fault happens, from 0 to 1. Not to be called while others use the store.
    public FaultyStore with(Fault fault, double chance) {
        chances.put(fault, chance);
        return this;
    }

    /// Only calls about these keys (or prefixes, for lists) fail.
    public FaultyStore only(Predicate<String> keys) {
        victims = keys;
        return this;
    }

    private final class Dice {
        private final String about;
        private final SplittableRandom random;

        Dice(String about) {
            long number = calls.computeIfAbsent(about, k -> new AtomicLong()).incrementAndGet();
            this.about = about;
            this.random = new SplittableRandom(seed * 31 + about.hashCode() * 1_000_003L + number);
        }

        boolean shows(Fault fault) {
            boolean hit = random.nextDouble() < chances.getOrDefault(fault, 0.0);
            return hit && victims.test(about);
        }

        void beforeCall() {
            if (shows(Fault.DELAY)) {
                sleeper.pause(Duration.ofMillis(random.nextInt(50)), "delay");
            }
            if (shows(Fault.UNAVAILABLE)) {
                throw new GodwitException(FailureKind.UNAVAILABLE, "planted: object=" + about)
                        .withObject(about);
            }
        }

        long bit(long length) {
            return random.nextLong(length * 8);
        }
    }

    private static GodwitException inDoubt(ObjectKey key) {
        return new GodwitException(FailureKind.INDETERMINATE, "planted: object=" + key)
                .withObject(key.value());
    }

    @Override
    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
        Dice dice = new Dice(key.value());
        dice.beforeCall();
        if (dice.shows(Fault.IN_DOUBT_LOST)) {
            throw inDoubt(key);
        }
        if (dice.shows(Fault.LOST_OBJECT)) {
            return Put.CREATED;
        }
        Put put = store.putIfAbsent(key, content);
        if (dice.shows(Fault.IN_DOUBT_APPLIED)) {
            throw inDoubt(key);
        }
        return put;
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxLength) {
        Dice dice = new Dice(key.value());
        dice.beforeCall();
        if (dice.shows(Fault.ABSENT)) {
            return Optional.empty();
        }
        Optional<byte[]> content = store.get(key, maxLength);
        if (content.isEmpty() || content.get().length == 0) {
            return content;
        }
        byte[] bytes = content.get();
        if (dice.shows(Fault.FLIPPED_BIT)) {
            long bit = dice.bit(bytes.length);
            bytes[(int) (bit / 8)] ^= (byte) (1 << bit % 8);
        }
        return Optional.of(
                dice.shows(Fault.TRUNCATED)
                        ? java.util.Arrays.copyOf(bytes, bytes.length / 2)
                        : bytes);
    }

    @Override
    public long read(ObjectKey key, long offset, MemorySegment target) {
        Dice dice = new Dice(key.value());
        dice.beforeCall();
        if (dice.shows(Fault.ABSENT)) {
            return -1;
        }
        if (dice.shows(Fault.TRUNCATED)) {
            return store.read(key, offset, target.asSlice(0, target.byteSize() / 2));
        }
        long count = store.read(key, offset, target);
        if (count > 0 && dice.shows(Fault.FLIPPED_BIT)) {
            flip(target, dice.bit(count));
        }
        return count;
    }

    @Override
    public Optional<Tail> readTail(ObjectKey key, MemorySegment target) {
        Dice dice = new Dice(key.value());
        dice.beforeCall();
        if (dice.shows(Fault.ABSENT)) {
            return Optional.empty();
        }
        Optional<Tail> tail = store.readTail(key, target);
        if (tail.isEmpty() || tail.get().read() == 0) {
            return tail;
        }
        if (dice.shows(Fault.FLIPPED_BIT)) {
            flip(target, dice.bit(tail.get().read()));
        }
        return dice.shows(Fault.TRUNCATED) ? truncatedTail(key, tail.get(), target) : tail;
    }

    /// The end of what is left when the object's second half is gone.
    private Optional<Tail> truncatedTail(ObjectKey key, Tail whole, MemorySegment target) {
        long half = whole.objectLength() / 2;
        int count = (int) Math.min(half, target.byteSize());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment end = arena.allocate(Math.max(1, count)).asSlice(0, count);
            long read = store.read(key, half - count, end);
            MemorySegment.copy(end, 0, target, 0, Math.max(0, read));
        }
        return Optional.of(new Tail(half, count));
    }

    private static void flip(MemorySegment target, long bit) {
        byte old = target.get(ValueLayout.JAVA_BYTE, bit / 8);
        target.set(ValueLayout.JAVA_BYTE, bit / 8, (byte) (old ^ 1 << bit % 8));
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        Dice dice = new Dice(prefix);
        dice.beforeCall();
        Page page = store.list(prefix, after, limit);
        if (page.objects().isEmpty() || !dice.shows(Fault.STALE_LIST)) {
            return page;
        }
        List<Listed> rest = new ArrayList<>(page.objects());
        rest.remove((int) (dice.bit(rest.size()) / 8));
        return new Page(rest, page.more());
    }

    @Override
    public void delete(ObjectKey key) {
        new Dice(key.value()).beforeCall();
        store.delete(key);
    }

    @Override
    public StoreTraits traits() {
        return store.traits();
    }

    @Override
    public String describe() {
        return "faulty " + store.describe() + " seed " + seed;
    }

    @Override
    public void close() {
        store.close();
    }
}
