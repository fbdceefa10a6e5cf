package io.godwit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.store.FaultyStore.Fault;
import io.godwit.store.StoreCapabilities.Tier;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class StoreProbeTest {
    private final ManualTime time = new ManualTime();
    private final MemoryStore memory = new MemoryStore();

    @TempDir Path directory;

    private static StoreCapabilities probe(Store store) {
        return new StoreProbe(store, Thread.ofPlatform().factory(), System::nanoTime)
                .run("probe/1");
    }

    @Test
    void findsMemoryFitAndLeavesNothing() {
        StoreCapabilities capabilities = probe(memory);
        assertThat(capabilities.tier()).isEqualTo(Tier.SHARED);
        assertThat(capabilities.medium()).isEqualTo("memory");
        assertThat(memory.list("", "", 1).objects()).isEmpty();
    }

    @Test
    void findsADirectoryFit() {
        Store store = DirectoryStore.open(directory, InstantSource.system(), new Random(1));
        StoreCapabilities capabilities = probe(store);
        assertThat(capabilities.contenders()).isEqualTo(32);
        assertThat(capabilities.putLatency()).isPositive();
    }

    @Test
    void acceptsContendersInDoubt() {
        Store store =
                new FaultyStore(memory, 3, time)
                        .with(Fault.IN_DOUBT_APPLIED, 1)
                        .only(key -> key.endsWith("race"));
        assertThat(probe(store).tier()).isEqualTo(Tier.SHARED);
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"LOST_OBJECT", "FLIPPED_BIT", "TRUNCATED", "ABSENT", "STALE_LIST"})
    void refusesAStoreThatLoses(Fault fault) {
        assertUnfit(new FaultyStore(memory, 3, time).with(fault, 1));
    }

    @Test
    void refusesAStoreThatReplaces() {
        assertUnfit(new Replacing());
    }

    @Test
    void refusesAStoreWithTwoWinners() {
        Store store =
                new FaultyStore(memory, 3, time)
                        .with(Fault.LOST_OBJECT, 0.2)
                        .only(key -> key.endsWith("race"));
        assertUnfit(store);
    }

    @Test
    void passesOnThatTheStoreIsAway() {
        Store store = new FaultyStore(memory, 3, time).with(Fault.UNAVAILABLE, 1);
        assertFails(FailureKind.UNAVAILABLE, store);
    }

    private static void assertUnfit(Store store) {
        assertFails(FailureKind.INVALID, store);
    }

    private static void assertFails(FailureKind kind, Store store) {
        assertThatThrownBy(() -> probe(store))
                .isInstanceOfSatisfying(
                        GodwitException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    /// Looks first and writes then, as a careless server would.
    private final class Replacing implements Store {
        @Override
        public Put putIfAbsent(ObjectKey key, MemorySegment content) {
            memory.delete(key);
            return memory.putIfAbsent(key, content);
        }

        @Override
        public Optional<byte[]> get(ObjectKey key, int maxLength) {
            return memory.get(key, maxLength);
        }

        @Override
        public long read(ObjectKey key, long offset, MemorySegment target) {
            return memory.read(key, offset, target);
        }

        @Override
        public Optional<Tail> readTail(ObjectKey key, MemorySegment target) {
            return memory.readTail(key, target);
        }

        @Override
        public Page list(String prefix, String after, int limit) {
            return memory.list(prefix, after, limit);
        }

        @Override
        public void delete(ObjectKey key) {
            memory.delete(key);
        }

        @Override
        public String describe() {
            return "replacing";
        }

        @Override
        public void close() {}
    }
}
