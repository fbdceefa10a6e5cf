package io.godwit.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.commit.ScriptedStore.Fault;
import io.godwit.commit.TestWriter.End;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.PackNames;
import io.godwit.store.MemoryStore;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// One run, disturbed at each of its store calls: by collectors, by faults, by the death of its
/// process. Whatever happens, what it says is true, and what is visible can be read.
final class SessionHistoriesTest {
    /// A world in which an old pack lies that nothing refers to: reusable, and collectable.
    private static final class World {
        final MemoryStore memory = new MemoryStore();
        final ScriptedStore store = new ScriptedStore(memory);
        final TestRepository others = new TestRepository(memory, 7);
        final TestCollector collector = new TestCollector(others);
        final ChunkRef old;
        final TestWriter writer;

        World() {
            CatalogueEntry kept = others.backup("kept");
            CatalogueEntry forgotten = others.backup("kept", Optional.of(kept));
            old = forgotten.root();
            new Forgetting(others, new Catalogue(others, CatalogueMemory.none()))
                    .forget(List.of(forgotten.snapshot().toString()), Forgetting.Options.BY_ID);
            writer = new TestWriter(new TestRepository(store, 1), "db", Optional.of(old));
        }

        boolean visible(CatalogueEntry entry) {
            return read().find(entry.snapshot()).isPresent();
        }

        CatalogueView read() {
            return new Catalogue(others.other(memory, 3).readOnly(), CatalogueMemory.none()).read();
        }

        boolean exists(PackId pack) {
            return memory.read(PackNames.key(pack, false), 0, MemorySegment.ofArray(new byte[1]))
                    >= 0;
        }

        /// What must hold at any time.
        void check(String history) {
            for (CatalogueEntry entry : read().entries()) {
                assertThat(exists(entry.root().record().pack()))
                        .as("%s: snapshot of %s can be read", history, entry.volume())
                        .isTrue();
            }
            assertThat(read().volumes()).as(history).anyMatch(v -> v.value().equals("kept"));
        }

        void checkEnd(End end, String history) {
            check(history);
            boolean visible = writer.entry().map(this::visible).orElse(false);
            switch (end) {
                case COMMITTED -> assertThat(visible).as(history + ": committed").isTrue();
                case FENCED, FAILED -> assertThat(visible).as(history + ": " + end).isFalse();
                case UNKNOWN -> {}
            }
        }

        /// Afterwards collections and another writer must not disturb what was said.
        void settle(End end, String history) {
            checkEnd(end, history);
            store.landLate();
            check(history + ", late puts landed");
            if (end != End.UNKNOWN) {
                checkEnd(end, history + ", late puts landed");
            }
            boolean before = writer.entry().map(this::visible).orElse(false);
            collector.collect();
            check(history + ", collected");
            TestWriter next =
                    new TestWriter(new TestRepository(memory, 5), "next", Optional.of(old));
            assertThat(next.run()).as(history).isEqualTo(End.COMMITTED);
            collector.collect();
            check(history + ", collected twice");
            assertThat(writer.entry().map(this::visible).orElse(false))
                    .as(history + ": collections change nothing")
                    .isEqualTo(before);
            assertThat(visible(next.entry().orElseThrow())).as(history).isTrue();
        }
    }

    private static int calls() {
        World world = new World();
        assertThat(world.writer.run()).isEqualTo(End.COMMITTED);
        world.settle(End.COMMITTED, "undisturbed");
        return world.store.calls();
    }

    private static void require(Map<End, Integer> ends, End... expected) {
        assertThat(ends.keySet()).containsExactlyInAnyOrder(expected);
    }

    @Test
    void undisturbedItReusesTheOldChunk() {
        World world = new World();
        assertThat(world.writer.run()).isEqualTo(End.COMMITTED);
        assertThat(world.writer.entry().orElseThrow().root()).isEqualTo(world.old);
    }

    @Test
    void fencedAtEveryCall() {
        Map<End, Integer> ends = new EnumMap<>(End.class);
        int calls = calls();
        for (int at = 1; at <= calls; at++) {
            World world = new World();
            world.store.beforeCall(at, world.collector::collect);
            End end = world.writer.run();
            ends.merge(end, 1, Integer::sum);
            world.settle(end, "collected and fenced at call " + at);
        }
        require(ends, End.COMMITTED, End.FENCED);
    }

    @Test
    void fencedAndCleanedUpTwiceAtEveryCall() {
        int calls = calls();
        for (int at = 1; at <= calls; at++) {
            World world = new World();
            world.store.beforeCall(
                    at,
                    () -> {
                        world.collector.collect();
                        world.collector.collect();
                    });
            End end = world.writer.run();
            world.settle(end, "collected twice at call " + at);
        }
    }

    @Test
    void planAtEveryCallAndSweepAtEveryLaterOne() {
        Map<End, Integer> ends = new EnumMap<>(End.class);
        int sweptWhileRunning = 0;
        int calls = calls();
        for (int plan = 1; plan <= calls; plan++) {
            for (int sweep = plan + 1; sweep <= calls + 8; sweep++) {
                World world = new World();
                boolean[] swept = new boolean[1];
                patientCollector(world, plan, sweep, swept);
                End outcome = world.writer.run();
                ends.merge(outcome, 1, Integer::sum);
                sweptWhileRunning += swept[0] && !world.exists(world.old.record().pack()) ? 1 : 0;
                world.settle(outcome, "plan at call %d, sweep at call %d".formatted(plan, sweep));
            }
        }
        require(ends, End.COMMITTED);
        assertThat(sweptWhileRunning).isPositive();
    }

    /// Waits for everybody, and fences nobody.
    private static void patientCollector(World world, int plan, int sweep, boolean[] swept) {
        world.store.beforeCall(plan, world.collector::begin);
        world.store.beforeCall(
                sweep,
                () -> {
                    if (world.collector.waitingFor(1).isEmpty()) {
                        world.collector.end(1);
                        swept[0] = true;
                    }
                });
    }

    @Test
    void aWriterThatIgnoresPlansIsCaught() {
        int caught = 0;
        int calls = calls();
        for (int plan = 1; plan <= calls; plan++) {
            for (int sweep = plan + 1; sweep <= calls; sweep++) {
                World world = new World();
                world.writer.deaf();
                patientCollector(world, plan, sweep, new boolean[1]);
                world.writer.run();
                try {
                    world.check("deaf");
                } catch (AssertionError expected) {
                    caught++;
                }
            }
        }
        assertThat(caught).isPositive();
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void faultAtEveryCall(Fault fault) {
        int calls = calls();
        for (int at = 1; at <= calls; at++) {
            World world = new World();
            world.store.faultAt(at, fault);
            End end = world.writer.run();
            world.settle(end, "%s at call %d".formatted(fault, at));
        }
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void faultAtEveryCallAndACollectionAtEveryLaterOne(Fault fault) {
        Map<End, Integer> ends = new EnumMap<>(End.class);
        int calls = calls();
        for (int at = 1; at <= calls; at++) {
            for (int collect = at; collect <= at + 9; collect++) {
                World world = new World();
                world.store.faultAt(at, fault);
                world.store.beforeCall(collect, world.collector::collect);
                End end = world.writer.run();
                ends.merge(end, 1, Integer::sum);
                world.settle(
                        end, "%s at call %d, collected at call %d".formatted(fault, at, collect));
            }
        }
        assertThat(ends).containsKeys(End.COMMITTED, End.FENCED);
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void latePutsLandAfterEveryCollection(Fault fault) {
        int calls = calls();
        for (int at = 1; at <= calls; at++) {
            World world = new World();
            world.store.faultAt(at, fault);
            End end = world.writer.run();
            world.collector.collect();
            world.collector.collect();
            world.store.landLate();
            world.settle(end, "%s at call %d, landed after two rounds".formatted(fault, at));
        }
    }

    @ParameterizedTest
    @EnumSource(CrashSide.class)
    void theProcessDiesAtEveryCall(CrashSide side) {
        int calls = calls();
        int committed = 0;
        for (int at = 1; at <= calls; at++) {
            World world = new World();
            String history = "crashed %s call %d".formatted(side, at);
            crash(world, at, side);
            world.check(history);
            boolean visible = world.writer.entry().map(world::visible).orElse(false);
            committed += visible ? 1 : 0;

            TestRepository again =
                    new TestRepository(world.memory, 11)
                            .withHost(new HostIdentity("host-1", "boot-1", 200, 2000));
            DeadSessions dead = new DeadSessions(again, (pid, start) -> pid == 200);
            List<io.godwit.pack.SessionId> left = dead.find();
            TestWriter second = new TestWriter(again, "db2", Optional.of(world.old)).adopting(left);
            assertThat(second.run()).as(history).isEqualTo(End.COMMITTED);
            dead.abort(left);

            assertThat(world.collector.waitingFor(99)).as(history).isEmpty();
            world.settle(End.UNKNOWN, history);
            assertThat(world.visible(second.entry().orElseThrow())).as(history).isTrue();
            assertThat(world.writer.entry().map(world::visible).orElse(false))
                    .as(history)
                    .isEqualTo(visible);
        }
        assertThat(committed).isPositive();
    }

    private static void crash(World world, int at, CrashSide side) {
        world.store.crashAt(at, side == CrashSide.AFTER);
        try {
            world.writer.run();
            throw new AssertionError("it should have crashed");
        } catch (ScriptedStore.Crash expected) {
            assertThat(expected).hasMessage("crashed");
        }
    }

    enum CrashSide {
        BEFORE,
        AFTER
    }
}
