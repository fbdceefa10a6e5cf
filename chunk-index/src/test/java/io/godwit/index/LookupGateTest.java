package io.godwit.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class LookupGateTest {
    private final LookupGate gate = new LookupGate();

    @Test
    void nobodyInsideIsNoWait() {
        gate.enter().close();
        gate.await();
        gate.await();
    }

    @Test
    void waitsForWhoCameBeforeAndNotForWhoCameAfter() throws Exception {
        LookupGate.Use before = gate.enter();
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<?> waiting = threads.submit(gate::await);
            Thread.sleep(50);
            assertThat(waiting.isDone()).isFalse();
            LookupGate.Use after = threads.submit(gate::enter).get(30, TimeUnit.SECONDS);
            before.close();
            waiting.get(30, TimeUnit.SECONDS);
            after.close();
        }
    }

    @Test
    void aUseClosedTwiceCountsOnce() throws Exception {
        LookupGate.Use one = gate.enter();
        LookupGate.Use other = gate.enter();
        one.close();
        one.close();
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<?> waiting = threads.submit(gate::await);
            Thread.sleep(50);
            assertThat(waiting.isDone()).isFalse();
            other.close();
            waiting.get(30, TimeUnit.SECONDS);
        }
    }

    /// A worker writes down, within one use, what it found. Whoever condemns then sees every
    /// reference to the pack that there is, and none comes later.
    @Test
    void afterCondemningNoReferenceAppears() throws Exception {
        Rows rows = new Rows(1);
        List<ChunkRef> refs = rows.refs(200, 50);
        try (LocalCache cache = LocalCache.inMemory();
                ExecutorService threads = Executors.newFixedThreadPool(3)) {
            cache.add(refs);
            AtomicBoolean stop = new AtomicBoolean();
            CountDownLatch running = new CountDownLatch(2);
            List<LongAdder[]> written = List.of(counts(), counts());
            List<Future<?>> workers = new ArrayList<>();
            for (LongAdder[] notes : written) {
                workers.add(threads.submit(() -> work(cache, refs, notes, running, stop)));
            }
            running.await();
            for (int counter = 0; counter < 50; counter++) {
                PackId pack = rows.pack(counter);
                cache.condemn(Set.of(pack));
                long then = references(written, pack);
                Thread.sleep(2);
                assertThat(references(written, pack)).isEqualTo(then);
            }
            stop.set(true);
            for (Future<?> worker : workers) {
                worker.get(30, TimeUnit.SECONDS);
            }
        }
    }

    private static LongAdder[] counts() {
        LongAdder[] counts = new LongAdder[50];
        Arrays.setAll(counts, counter -> new LongAdder());
        return counts;
    }

    private static long references(List<LongAdder[]> written, PackId pack) {
        return written.stream().mapToLong(counts -> counts[pack.counter()].sum()).sum();
    }

    private static void work(
            LocalCache cache,
            List<ChunkRef> refs,
            LongAdder[] notes,
            CountDownLatch running,
            AtomicBoolean stop) {
        LookupBatch batch = new LookupBatch(refs.size());
        while (!stop.get()) {
            batch.clear();
            refs.forEach(ref -> batch.add(ref.id()));
            try (LookupGate.Use use = cache.use()) {
                assertThat(use).isNotNull();
                cache.find(batch);
                for (int i = 0; i < batch.size(); i++) {
                    if (batch.found(i)) {
                        notes[batch.ref(i).record().pack().counter()].increment();
                    }
                }
            }
            Thread.onSpinWait();
            running.countDown();
        }
    }
}
