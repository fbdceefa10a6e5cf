package io.godwit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.store.FaultyStore.Fault;
import io.godwit.store.Store.Put;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// The contract holds over a store that fails in every way that the port allows.
final class RetryingStoreTest extends StoreContract {
    private final ManualTime time = new ManualTime();
    private final MemoryStore memory = new MemoryStore();
    private final FaultyStore faulty = new FaultyStore(memory, 7, time);

    @Override
    protected Store create() {
        FaultyStore doubtful =
                new FaultyStore(new MemoryStore(), 11, time)
                        .with(Fault.IN_DOUBT_APPLIED, 0.3)
                        .with(Fault.IN_DOUBT_LOST, 0.3)
                        .only(key -> !key.startsWith("s/") && !key.startsWith("gc/"));
        FaultyStore busy =
                new FaultyStore(doubtful, 13, time)
                        .with(Fault.UNAVAILABLE, 0.3)
                        .with(Fault.DELAY, 0.3);
        return retrying(busy, 60);
    }

    private Store retrying(Store store, int attempts) {
        RetryPolicy policy =
                new RetryPolicy(attempts, Duration.ofMillis(100), Duration.ofSeconds(10));
        return new RetryingStore(store, policy, time, new Random(5));
    }

    @Test
    void recognisesItsOwnPutAfterADoubt() {
        faulty.with(Fault.IN_DOUBT_APPLIED, 0.5);
        Store store = retrying(faulty, 60);
        for (int i = 0; i < 100; i++) {
            assertThat(put(store, "p/00/" + i, "mine")).isEqualTo(Put.CREATED);
            assertThat(put(store, "p/00/" + i, "mine too")).isEqualTo(Put.EXISTS);
            assertThat(put(store, "p/00/" + i, "mind")).isEqualTo(Put.EXISTS);
            assertThat(put(store, "p/00/" + i, "")).isEqualTo(Put.EXISTS);
        }
        assertThat(time.slept()).isPositive();
    }

    @Test
    void comparesLargeObjectsToTheirEnd() {
        byte[] content = new byte[3 << 20];
        new Random(1).nextBytes(content);
        memory.putIfAbsent(new ObjectKey("p/a"), MemorySegment.ofArray(content));
        memory.putIfAbsent(new ObjectKey("p/b"), MemorySegment.ofArray(content));
        faulty.with(Fault.IN_DOUBT_LOST, 1).only(key -> firstCall(key));
        Store store = retrying(faulty, 3);
        assertThat(store.putIfAbsent(new ObjectKey("p/a"), MemorySegment.ofArray(content)))
                .isEqualTo(Put.CREATED);
        content[content.length - 1]++;
        assertThat(store.putIfAbsent(new ObjectKey("p/b"), MemorySegment.ofArray(content)))
                .isEqualTo(Put.EXISTS);
    }

    private final java.util.Set<String> called = new java.util.HashSet<>();

    private boolean firstCall(String key) {
        return called.add(key);
    }

    @Test
    void passesOnDoubtsAboutRegisters() {
        faulty.with(Fault.IN_DOUBT_LOST, 1);
        Store store = retrying(faulty, 60);
        for (String register : new String[] {"s/x/open", "s/x/outcome", "gc/1/plan"}) {
            assertFails(FailureKind.INDETERMINATE, () -> put(store, register, "x"));
            assertThat(memory.get(new ObjectKey(register), 10)).isEmpty();
        }
        assertThat(time.slept()).isZero();
    }

    @Test
    void triesRegistersAgainThatHadNoEffect() {
        faulty.with(Fault.UNAVAILABLE, 0.5);
        Store store = retrying(faulty, 60);
        for (int i = 0; i < 50; i++) {
            assertThat(put(store, "s/" + i + "/outcome", "x")).isEqualTo(Put.CREATED);
        }
        assertThat(time.slept()).isPositive();
    }

    @Test
    void givesUpInTheEnd() {
        faulty.with(Fault.UNAVAILABLE, 1);
        RetryPolicy policy = RetryPolicy.DEFAULT;
        Store store = new RetryingStore(faulty, policy, time, new Random(5));
        assertFails(FailureKind.UNAVAILABLE, () -> put(store, "a", "x"));
        assertThat(time.slept()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(70));
        assertFails(FailureKind.UNAVAILABLE, () -> store.get(new ObjectKey("a"), 10));
        assertFails(FailureKind.UNAVAILABLE, () -> store.list("", "", 10));
        assertFails(FailureKind.UNAVAILABLE, () -> store.delete(new ObjectKey("a")));
    }

    @Test
    void remembersADoubtWhenItGivesUp() {
        Store lastWordUnavailable =
                new FaultyStore(
                                new FaultyStore(memory, 1, time).with(Fault.IN_DOUBT_APPLIED, 1),
                                2,
                                time)
                        .with(Fault.UNAVAILABLE, 1)
                        .only(key -> !firstCall(key));
        Store store = retrying(lastWordUnavailable, 3);
        assertFails(FailureKind.INDETERMINATE, () -> put(store, "p/a", "x"));
        assertThat(memory.get(new ObjectKey("p/a"), 10)).isPresent();
    }

    @Test
    void doesNotTryAgainWhatCannotHelp() {
        put(memory, "a", "too long");
        Store store = retrying(memory, 60);
        assertFails(FailureKind.CORRUPT, () -> store.get(new ObjectKey("a"), 3));
        assertThat(time.slept()).isZero();
    }

    @Test
    void stopsWaitingWhenInterrupted() {
        faulty.with(Fault.UNAVAILABLE, 1);
        Store store = retrying(faulty, 60);
        Thread.currentThread().interrupt();
        assertFails(FailureKind.INTERRUPTED, () -> put(store, "a", "x"));
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void waitsLongerAndLongerWithinBounds() {
        RetryPolicy policy = new RetryPolicy(99, Duration.ofMillis(100), Duration.ofSeconds(10));
        Random random = new Random(3);
        for (int attempt = 1; attempt < 99; attempt++) {
            long most = attempt > 7 ? 10_000 : 100L << (attempt - 1);
            assertThat(policy.delay(attempt, random).toMillis()).isBetween(most / 2, most);
        }
    }

    private static void assertFails(FailureKind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GodwitException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    private static Put put(Store store, String key, String content) {
        byte[] bytes = content.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return store.putIfAbsent(new ObjectKey(key), MemorySegment.ofArray(bytes));
    }
}
