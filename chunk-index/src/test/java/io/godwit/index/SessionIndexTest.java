package io.godwit.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.index.LookupBatch.Answer;
import io.godwit.pack.ChunkRef;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class SessionIndexTest {
    private final Rows rows = new Rows(1);

    @Test
    void theFirstOneClaimsAndLaterOnesFindItsPlace() {
        SessionIndex index = new SessionIndex(10);
        ChunkRef ref = rows.ref(rows.id(), rows.pack(1));
        assertThat(index.findOrClaim(ref.id())).isNull();
        index.placed(ref);
        assertThat(index.findOrClaim(ref.id())).isEqualTo(ref);
    }

    @Test
    void inABatchARepeatedIdIsPendingOnTheFirst() {
        SessionIndex index = new SessionIndex(10);
        ChunkRef ref = rows.ref(rows.id(), rows.pack(1));
        LookupBatch batch = new LookupBatch(4);
        batch.add(ref.id());
        batch.add(ref.id());
        index.findOrClaim(batch);
        assertThat(batch.answer(0)).isEqualTo(Answer.CLAIMED);
        assertThat(batch.answer(1)).isEqualTo(Answer.PENDING);
        index.placed(ref);
        assertThat(index.awaitPlaced(ref.id())).isEqualTo(ref);
    }

    @Test
    void aReleasedClaimGoesToWhoWaits() throws Exception {
        SessionIndex index = new SessionIndex(10);
        ChunkRef ref = rows.ref(rows.id(), rows.pack(1));
        index.findOrClaim(ref.id());
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            Future<Boolean> claimed = other.submit(() -> index.awaitPlaced(ref.id()) == null);
            index.release(ref.id());
            assertThat(claimed.get(30, TimeUnit.SECONDS)).isTrue();
        }
        LookupBatch batch = new LookupBatch(1);
        batch.add(ref.id());
        index.findOrClaim(batch);
        assertThat(batch.answer(0)).isEqualTo(Answer.PENDING);
    }

    @Test
    void fullOfDurablePacksItForgetsTheOldest() {
        SessionIndex index = new SessionIndex(2);
        List<ChunkRef> refs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            refs.add(rows.ref(rows.id(), rows.pack(i)));
        }
        index.findOrClaim(refs.get(0).id());
        index.findOrClaim(refs.get(1).id());
        index.placed(refs.subList(0, 2));
        index.durable(rows.pack(0));
        index.durable(rows.pack(1));
        index.findOrClaim(refs.get(2).id());
        index.placed(refs.get(2));
        assertThat(index.size()).isEqualTo(2);
        assertThat(index.findOrClaim(refs.get(1).id())).isEqualTo(refs.get(1));
        assertThat(index.findOrClaim(refs.get(2).id())).isEqualTo(refs.get(2));
    }

    @Test
    void fullOfChunksInFlightItNeverGrowsNorForgetsThem() {
        SessionIndex index = new SessionIndex(2);
        List<ChunkRef> refs = rows.refs(5, 1);
        for (ChunkRef ref : refs) {
            assertThat(index.findOrClaim(ref.id())).isNull();
            index.placed(ref);
        }
        assertThat(index.size()).isEqualTo(2);
        assertThat(index.findOrClaim(refs.get(0).id())).isEqualTo(refs.get(0));
        assertThat(index.findOrClaim(refs.get(4).id())).isNull();
    }

    @Test
    void workersInLockStepStoreEachChunkOnce() throws Exception {
        SessionIndex index = new SessionIndex(100_000);
        List<ChunkRef> chunks = new Rows(7).refs(4000, 1);
        Set<ChunkRef> stored = ConcurrentHashMap.newKeySet();
        AtomicInteger copies = new AtomicInteger();
        try (ExecutorService workers = Executors.newFixedThreadPool(4)) {
            List<Future<?>> all = new ArrayList<>();
            for (int worker = 0; worker < 4; worker++) {
                SplittableRandom random = new SplittableRandom(worker);
                all.add(workers.submit(() -> walk(index, chunks, random, stored, copies)));
            }
            for (Future<?> one : all) {
                one.get(30, TimeUnit.SECONDS);
            }
        }
        assertThat(stored).isEqualTo(new HashSet<>(chunks));
        assertThat(copies.get()).isEqualTo(chunks.size());
    }

    private static void walk(
            SessionIndex index,
            List<ChunkRef> chunks,
            SplittableRandom random,
            Set<ChunkRef> stored,
            AtomicInteger copies) {
        LookupBatch batch = new LookupBatch(64);
        for (int from = 0; from < chunks.size(); from += batch.size()) {
            int size = Math.min(1 + random.nextInt(64), chunks.size() - from);
            batch.clear();
            chunks.subList(from, from + size).forEach(ref -> batch.add(ref.id()));
            index.findOrClaim(batch);
            for (int i = 0; i < size; i++) {
                if (batch.answer(i) == Answer.CLAIMED) {
                    stored.add(chunks.get(from + i));
                    copies.incrementAndGet();
                    index.placed(chunks.get(from + i));
                }
            }
            for (int i = 0; i < size; i++) {
                if (batch.answer(i) == Answer.PENDING) {
                    assertThat(index.awaitPlaced(batch.id(i))).isEqualTo(chunks.get(from + i));
                }
            }
        }
    }
}
