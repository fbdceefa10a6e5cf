package io.godwit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.store.FaultyStore.Fault;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class AdaptiveStoreTest extends StoreContract {
    private final ManualTime time = new ManualTime();
    private final CountDownLatch answers = new CountDownLatch(1);

    /// Answers requests about packs when it is told to.
    private final Store held =
            new FaultyStore(new MemoryStore(), 1, _ -> answers.await())
                    .with(Fault.DELAY, 1)
                    .only(key -> key.startsWith("p/"));

    @Override
    protected Store create() {
        return new AdaptiveStore(new MemoryStore(), time);
    }

    @Test
    void letsOnlySoManyFlyAndTheRestWait() throws Exception {
        AdaptiveStore store = new AdaptiveStore(held, time);
        try (ExecutorService threads = Executors.newFixedThreadPool(20)) {
            List<Future<?>> puts = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                ObjectKey key = new ObjectKey("p/" + i);
                puts.add(threads.submit(() -> store.putIfAbsent(key, one())));
            }
            await(() -> store.flight().waiting() == 20 - AdaptiveStore.FIRST);
            assertThat(store.flight().inFlight()).isEqualTo(AdaptiveStore.FIRST);
            answers.countDown();
            for (Future<?> put : puts) {
                put.get();
            }
        }
        assertThat(store.flight().inFlight()).isZero();
        assertThat(store.flight().limit()).isGreaterThan(AdaptiveStore.FIRST);
    }

    @Test
    void registersNeverWait() throws Exception {
        AdaptiveStore store = new AdaptiveStore(held, time);
        try (ExecutorService threads = Executors.newFixedThreadPool(AdaptiveStore.FIRST + 2)) {
            for (int i = 0; i < AdaptiveStore.FIRST; i++) {
                ObjectKey key = new ObjectKey("p/" + i);
                threads.execute(() -> store.putIfAbsent(key, one()));
            }
            await(() -> store.flight().inFlight() == AdaptiveStore.FIRST);
            assertThat(store.get(new ObjectKey("s/a/open"), 10)).isEmpty();
            assertThat(store.list("gc/", "", 10).objects()).isEmpty();
            answers.countDown();
        }
    }

    @Test
    void halvesOnceForOneCrowdAndRecovers() {
        FaultyStore faulty = new FaultyStore(new MemoryStore(), 1, time);
        AdaptiveStore store = new AdaptiveStore(faulty, time);
        faulty.with(Fault.UNAVAILABLE, 1);
        for (int expected : new int[] {4, 2, 1, 1}) {
            time.pass(Duration.ofSeconds(1));
            assertThatThrownBy(() -> store.get(new ObjectKey("a"), 1))
                    .isInstanceOf(GodwitException.class);
            assertThat(store.flight().limit()).isEqualTo(expected);
        }
        faulty.with(Fault.UNAVAILABLE, 0);
        for (int i = 0; i < 3; i++) {
            store.get(new ObjectKey("a"), 1);
        }
        assertThat(store.flight().limit()).isEqualTo(2);
    }

    @Test
    void whatIsRefusedForGoodIsNoCrowd() {
        AdaptiveStore store = new AdaptiveStore(new MemoryStore(), time);
        store.putIfAbsent(new ObjectKey("a"), one());
        assertThatThrownBy(() -> store.get(new ObjectKey("a"), 0))
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> assertThat(e.kind()).isEqualTo(FailureKind.CORRUPT));
        assertThat(store.flight())
                .isEqualTo(new AdaptiveStore.Flight(AdaptiveStore.FIRST, 0, 0, 0));
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        AdaptiveStore store = new AdaptiveStore(held, time);
        try (ExecutorService threads = Executors.newFixedThreadPool(AdaptiveStore.FIRST)) {
            for (int i = 0; i < AdaptiveStore.FIRST; i++) {
                ObjectKey key = new ObjectKey("p/" + i);
                threads.execute(() -> store.putIfAbsent(key, one()));
            }
            await(() -> store.flight().inFlight() == AdaptiveStore.FIRST);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> store.putIfAbsent(new ObjectKey("p/x"), one()))
                    .isInstanceOfSatisfying(
                            GodwitException.class,
                            e -> assertThat(e.kind()).isEqualTo(FailureKind.INTERRUPTED));
            assertThat(Thread.interrupted()).isTrue();
            answers.countDown();
        }
    }

    private static MemorySegment one() {
        return MemorySegment.ofArray(new byte[] {1});
    }

    private static void await(java.util.function.BooleanSupplier condition)
            throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(2);
        }
    }
}
