package io.godwit.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CommitKeys;
import io.godwit.commit.Session;
import io.godwit.commit.TestRepository;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackNames;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A store, or what stands in it, is not as a collection wants it.
final class CollectorTroubleTest extends CollectorFixture {
    private static Store failing(Store store, Predicate<String> calls, FailureKind kind) {
        return new WatchedStore(
                store,
                new WatchedStore.Watcher() {
                    @Override
                    public void before(int number, String call) {
                        if (calls.test(call)) {
                            throw new GodwitException(kind, "not now: " + call);
                        }
                    }
                });
    }

    @Test
    void whatTheStoreRefusesToDeleteStaysAndTheRestGoes() {
        CatalogueEntry locked = writers.backup("db");
        CatalogueEntry free = writers.backup("db", Optional.of(locked));
        writers.backup("db", Optional.of(free));
        forget(locked);
        forget(free);
        String name = PackNames.key(locked.root().record().pack(), false).value();

        CollectionResult result =
                collect(failing(memory, ("DELETE " + name)::equals, FailureKind.DENIED), 5);
        assertThat(result.refusedDeletions()).isEqualTo(1);
        assertThat(result.deletedPacks()).isEqualTo(1);
        assertThat(result.freedBytes()).isEqualTo(50);
        assertThat(stored(locked)).isTrue();
        assertThat(stored(free)).isFalse();
        assertThat(has(CommitKeys.done(1))).as("the round has ended").isTrue();

        assertThat(collect().deletedPacks()).as("a later round may").isEqualTo(1);
        assertThat(stored(locked)).isFalse();
        requireReadable();
    }

    @Test
    void thousandsOfAbandonedSessionsAreAskedForOnce() {
        int count = 1500;
        CatalogueEntry gone = writers.backup("db");
        forget(gone);
        List<Session> abandoned = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            abandoned.add(writers.open());
        }
        WatchedStore watched = new WatchedStore(memory, new WatchedStore.Watcher() {});
        CollectionResult result = collect(watched, 5);
        assertThat(result.fencedSessions()).isEqualTo(count);
        long reads =
                watched.calls().stream()
                        .filter(call -> call.startsWith("GET s/") && call.endsWith("/open"))
                        .count();
        // Once by who waits; by the readings of the roots once each.
        assertThat(reads).isLessThanOrEqualTo(2L * count + 2);
        assertThat(watched.calls().size()).isLessThan(14 * count);
        assertThat(names("s/")).isEmpty();
        assertThat(abandoned).hasSize(count);
    }

    @Test
    void aTombstoneOfASnapshotThatNeverWasGoes() {
        CatalogueEntry kept = writers.backup("db");
        CatalogueEntry never = writers.backup("db", Optional.of(kept));
        forget(never);
        ObjectKey entry =
                CommitKeys.snapshot(writers.keyOf(never.volume()), never.time(), never.snapshot());
        memory.delete(entry);
        memory.delete(CommitKeys.open(never.session()));
        memory.delete(CommitKeys.outcome(never.session()));
        assertThat(names("snap-del/")).hasSize(1);

        CollectionResult result = collect();
        assertThat(result.deletedPacks()).isEqualTo(1);
        assertThat(names("snap-del/")).isEmpty();
        assertThat(live()).containsExactly(kept.snapshot());
    }

    @Test
    void aDamagedPlanOrSweepStopsTheRoundAndNothingIsDeleted() {
        for (String part : new String[] {"plan", "sweep"}) {
            CatalogueEntry gone = writers.backup(part);
            CatalogueEntry kept = writers.backup(part, Optional.of(gone));
            forget(gone);
            TestRepository node = node(memory, 3);
            long round = new io.godwit.commit.CollectionRecords(node).newestPlan() + 1;
            WatchedStore killed =
                    new WatchedStore(
                            memory,
                            new WatchedStore.Watcher() {
                                @Override
                                public void behind(int number, String call) {
                                    if (call.startsWith("PUT gc/") && call.endsWith(part)) {
                                        throw new WatchedStore.Killed();
                                    }
                                }
                            });
            try {
                collect(killed, 5);
            } catch (WatchedStore.Killed e) {
                // As meant.
            }
            ObjectKey key = part.equals("plan") ? CommitKeys.plan(round) : CommitKeys.sweep(round);
            byte[] whole = memory.get(key, 1 << 20).orElseThrow();
            byte[] damaged = whole.clone();
            damaged[damaged.length / 2] ^= 0x55;
            replace(key, damaged);

            GodwitException failure = catchThrowableOfType(GodwitException.class, this::collect);
            assertThat(failure.kind()).as(part).isEqualTo(FailureKind.CORRUPT);
            assertThat(stored(gone)).isTrue();
            assertThat(live()).contains(kept.snapshot());
            replace(key, whole);
            collect();
            assertThat(stored(gone)).as("goes when the object is back").isFalse();
        }
    }

    private void replace(ObjectKey key, byte[] content) {
        memory.delete(key);
        memory.putIfAbsent(key, MemorySegment.ofArray(content));
    }

    @Test
    void aStoreThatIsFullIsCollectedWithoutCopying(@TempDir Path directory) {
        RealRepository world = new RealRepository(directory);
        CatalogueEntry first = world.backUp("db", 1, 2, 3, 4, 5, 6, 7, 8);
        world.backUp("db", 1, 2, 9);
        world.forget(first);
        Store full =
                failing(world.memory, call -> call.startsWith("PUT p/"), FailureKind.UNAVAILABLE);
        CollectionResult result = world.collect(full);
        assertThat(result.repackedPacks()).isZero();
        assertThat(result.deletedPacks()).isEqualTo(1);
        assertThat(world.warnings).anyMatch(warning -> warning.startsWith("not-repacked"));
        world.requireReadable();
        assertThat(world.collect().repackedPacks()).as("later it is").isEqualTo(1);
        world.requireReadable();
    }
}
