package io.godwit.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.commit.TestWriter.End;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackNames;
import io.godwit.store.MemoryStore;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/// Many sessions of one repository at once, with a collector that waits for nobody.
final class ConcurrentSessionsTest {
    private static final int WRITERS = 8;
    private static final int RUNS = 20;
    private static final long ROUND_EVERY_NANOS = 25_000_000;

    private final MemoryStore memory = new MemoryStore();

    private record Told(CatalogueEntry entry, End end) {}

    private boolean readable(ChunkRef chunk) {
        return memory.read(
                        PackNames.key(chunk.record().pack(), false),
                        0,
                        MemorySegment.ofArray(new byte[1]))
                >= 0;
    }

    @RepeatedTest(3)
    void whatTheySayIsTrue() throws Exception {
        TestRepository keeper = new TestRepository(memory, 1);
        TestCollector collector = new TestCollector(keeper);
        CatalogueEntry seed = keeper.backup("seed");
        ConcurrentLinkedQueue<Told> told = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<ChunkRef> chunks = new ConcurrentLinkedQueue<>(List.of(seed.root()));
        CountDownLatch running = new CountDownLatch(WRITERS);
        try (ExecutorService threads =
                Executors.newCachedThreadPool(Thread.ofVirtual().factory())) {
            List<Future<?>> futures = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                int number = writer;
                futures.add(
                        threads.submit(
                                () -> {
                                    write(number, told, chunks);
                                    running.countDown();
                                }));
            }
            Future<Integer> rounds =
                    threads.submit(
                            () -> {
                                int count = 0;
                                while (running.getCount() > 0) {
                                    collector.collect();
                                    count++;
                                    LockSupport.parkNanos(ROUND_EVERY_NANOS);
                                }
                                return count;
                            });
            for (Future<?> future : futures) {
                future.get();
            }
            assertThat(rounds.get()).isPositive();
        }
        CatalogueView view = new Catalogue(keeper, CatalogueMemory.none()).read();
        for (Told run : told) {
            boolean visible = view.find(run.entry.snapshot()).isPresent();
            assertThat(visible).as("%s", run).isEqualTo(run.end == End.COMMITTED);
        }
        for (CatalogueEntry entry : view.entries()) {
            assertThat(readable(entry.root())).as("%s", entry).isTrue();
        }
        // Whether anybody was fenced is a matter of timing; that it is told truly is not.
        assertThat(told).extracting(Told::end).contains(End.COMMITTED).doesNotContain(End.UNKNOWN);
    }

    private void write(
            int writer, ConcurrentLinkedQueue<Told> told, ConcurrentLinkedQueue<ChunkRef> chunks) {
        TestRepository repository =
                new TestRepository(
                        new SlowStore(memory, new java.util.Random(writer)), 1000 + writer);
        for (int run = 0; run < RUNS; run++) {
            Optional<ChunkRef> reusable = Optional.ofNullable(chunks.poll());
            TestWriter one = new TestWriter(repository, "v" + writer, reusable);
            End end = one.run();
            one.entry().ifPresent(entry -> told.add(new Told(entry, end)));
            one.entry().ifPresent(entry -> chunks.add(entry.root()));
        }
    }

    @Test
    void uploadersOfOneSessionShareIt() throws Exception {
        TestRepository repository = new TestRepository(memory, 1);
        Session session = repository.open();
        List<Future<ChunkRef>> uploads = new ArrayList<>();
        try (ExecutorService threads =
                Executors.newCachedThreadPool(Thread.ofVirtual().factory())) {
            for (int i = 0; i < 200; i++) {
                uploads.add(threads.submit(() -> repository.upload(session)));
            }
            threads.execute(session::heartbeat);
        }
        List<io.godwit.pack.PackId> packs = new ArrayList<>();
        for (Future<ChunkRef> upload : uploads) {
            assertThat(readable(upload.get())).isTrue();
            packs.add(upload.get().record().pack());
        }
        assertThat(packs).doesNotHaveDuplicates();
        session.freeze();
        session.commit(List.of(repository.entry("db", session.id(), uploads.getFirst().get())));
    }

    @Test
    void oneOutcomeWhoeverIsFirst() throws Exception {
        for (int i = 0; i < 200; i++) {
            TestRepository repository = new TestRepository(memory, 5000 + i);
            TestCollector collector = new TestCollector(new TestRepository(memory, 9000 + i));
            Session session = repository.open();
            ChunkRef root = repository.upload(session);
            session.freeze();
            CatalogueEntry entry = repository.entry("db", session.id(), root);
            boolean committed;
            try (ExecutorService threads =
                    Executors.newCachedThreadPool(Thread.ofVirtual().factory())) {
                threads.execute(() -> collector.fence(session.id()));
                threads.execute(session::abort);
                Future<CommitResult> commit = threads.submit(() -> session.commit(List.of(entry)));
                committed = succeeded(commit);
            }
            assertThat(
                            new Catalogue(repository, CatalogueMemory.none())
                                    .read()
                                    .find(entry.snapshot()))
                    .as("run %d", i)
                    .matches(found -> found.isPresent() == committed);
        }
    }

    private static boolean succeeded(Future<CommitResult> commit) throws InterruptedException {
        try {
            return commit.get() != null;
        } catch (java.util.concurrent.ExecutionException e) {
            assertThat(e.getCause())
                    .isInstanceOf(io.godwit.error.GodwitException.class)
                    .hasMessageMatching("session was (fenced|aborted).*");
            return false;
        }
    }
}
