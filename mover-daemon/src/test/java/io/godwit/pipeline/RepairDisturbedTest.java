package io.godwit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.godwit.check.RepairEngine;
import io.godwit.check.RepairRequest;
import io.godwit.check.VerifyResult;
import io.godwit.commit.Losses;
import io.godwit.commit.TestPlans;
import io.godwit.error.FailureKind;
import io.godwit.pack.PackId;
import io.godwit.pack.PackNames;
import io.godwit.store.MemoryStore;
import io.godwit.store.ObjectKey;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Repairs that are killed at any change, or meet a collection.
@Timeout(120)
final class RepairDisturbedTest {
    private static final int PUTS = 3;

    @TempDir Path directory;

    private final SparseImage first = new SparseImage(4_000_000);
    private final SparseImage second = new SparseImage(4_000_000);
    private String old = "";

    private EngineFixture damaged(int number) throws Exception {
        EngineFixture fixture =
                Copies.repository(directory, "r" + number, new MemoryStore(), "leaf");
        SplittableRandom random = new SplittableRandom(3);
        byte[] noise = SparseImage.noise(random, 3_000_000);
        first.write(0, noise);
        second.write(0, noise);
        second.write(3_500_000, SparseImage.noise(random, 4096));
        old = fixture.backup(first.save(directory.resolve("image"))).snapshot().orElseThrow();
        flipBit(fixture, fixture.keys("p/").getFirst());
        return fixture;
    }

    private static void flipBit(EngineFixture fixture, ObjectKey key) {
        byte[] bytes = fixture.store.below().get(key, 64 << 20).orElseThrow();
        bytes[bytes.length / 2] ^= 1;
        fixture.store.below().delete(key);
        fixture.store.below().putIfAbsent(key, MemorySegment.ofArray(bytes));
    }

    private static VerifyResult repair(EngineFixture fixture) throws InterruptedException {
        RepairRequest request = new RepairRequest(100, false);
        return new RepairEngine(fixture.repository, fixture.settings(), request, fixture.listener())
                .run();
    }

    private void heal(EngineFixture fixture) throws Exception {
        fixture.backup(second.save(directory.resolve("image")));
    }

    private void assertOldIsWhole(EngineFixture fixture) throws Exception {
        try (EngineFixture elsewhere = fixture.otherNode()) {
            Path target = directory.resolve("restored");
            assertThat(elsewhere.restore(elsewhere.request(old, target)).badExtents()).isEmpty();
            assertThat(first.mismatch(target)).as("first wrong byte").isEqualTo(-1);
        }
    }

    /// From the fatal put on, the process does nothing more.
    private static void dieAt(EngineFixture fixture, int put, boolean behind) {
        AtomicInteger left = new AtomicInteger(put);
        AtomicBoolean dead = new AtomicBoolean();
        Consumer<ObjectKey> hook =
                key -> {
                    if (dead.get() || left.decrementAndGet() == 0) {
                        dead.set(true);
                        throw new IllegalStateException("killed at " + key);
                    }
                };
        fixture.store.beforePut =
                behind
                        ? key -> {
                            if (dead.get()) {
                                throw new IllegalStateException("killed before " + key);
                            }
                        }
                        : hook;
        fixture.store.afterPut = behind ? hook : key -> {};
    }

    private static void live(EngineFixture fixture) {
        fixture.store.beforePut = key -> {};
        fixture.store.afterPut = key -> {};
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void killedAtAnyPutItIsRunAgain(boolean behind) throws Exception {
        for (int put = 1; put <= PUTS; put++) {
            try (EngineFixture fixture = damaged(10 * put + (behind ? 1 : 0))) {
                killRepair(fixture, put, behind);
                assertThat(repair(fixture).problems()).hasSize(1);
                heal(fixture);

                killRepair(fixture, put, behind);
                assertThat(repair(fixture).problems()).isEmpty();
                assertOldIsWhole(fixture);
            }
        }
    }

    /// The last put ends the session; whether that succeeds is no matter to the repair.
    private static void killRepair(EngineFixture fixture, int put, boolean behind) {
        dieAt(fixture, put, behind);
        Throwable failure = catchThrowable(() -> repair(fixture));
        live(fixture);
        assertThat(failure != null || put == PUTS).as("killed at put %d", put).isTrue();
    }

    @Test
    void aRepairMakesThreePutsAndNoneWhenNothingIsNew() throws Exception {
        try (EngineFixture fixture = damaged(1)) {
            long before = fixture.store.puts.get();
            repair(fixture);
            assertThat(fixture.store.puts.get() - before).isEqualTo(PUTS);
            repair(fixture);
            assertThat(fixture.store.puts.get() - before).isEqualTo(PUTS);
        }
    }

    /// What a collection is about to delete is not called found.
    @Test
    void aPlanThatCondemnsWhatWasFoundStopsIt() throws Exception {
        try (EngineFixture fixture = damaged(2)) {
            repair(fixture);
            heal(fixture);
            List<PackId> packs =
                    fixture.keys("p/").stream()
                            .map(key -> PackNames.parse(key).orElseThrow().pack())
                            .toList();
            TestPlans plans = new TestPlans(fixture.repository.access());
            fixture.store.afterPut =
                    key -> {
                        if (key.value().endsWith("/open")) {
                            fixture.store.afterPut = _ -> {};
                            plans.plan(1, packs);
                        }
                    };

            Throwable failure = catchThrowable(() -> repair(fixture));

            EngineFixture.assertKind(failure, FailureKind.FENCED);
            Losses losses = fixture.repository.refreshLosses();
            assertThat(losses.number()).isEqualTo(1);
            assertThat(losses.found()).isEmpty();
        }
    }

    @Test
    void ofTwoAtOnceOnePublishes() throws Exception {
        try (EngineFixture fixture = damaged(3)) {
            fixture.store.beforePut =
                    key -> {
                        if (key.value().startsWith("gc/lost/")) {
                            fixture.store.beforePut = _ -> {};
                            assertThat(catchThrowable(() -> repair(fixture))).isNull();
                        }
                    };

            Throwable failure = catchThrowable(() -> repair(fixture));

            EngineFixture.assertKind(failure, FailureKind.FENCED);
            assertThat(fixture.keys("gc/lost/")).hasSize(1);
            heal(fixture);
            assertThat(repair(fixture).problems()).isEmpty();
            assertOldIsWhole(fixture);
        }
    }

    /// A list of losses that is damaged itself counts as none, and the next one takes its place.
    @Test
    void aDamagedListIsWrittenAnew() throws Exception {
        try (EngineFixture fixture = damaged(4)) {
            repair(fixture);
            flipBit(fixture, fixture.keys("gc/lost/").getFirst());
            assertThat(fixture.repository.refreshLosses().number()).isZero();
            assertThat(fixture.warnings).anyMatch(w -> w.contains("list of losses left out"));

            repair(fixture);

            assertThat(fixture.repository.refreshLosses().number()).isEqualTo(2);
            heal(fixture);
            assertThat(repair(fixture).problems()).isEmpty();
            assertOldIsWhole(fixture);
        }
    }
}
