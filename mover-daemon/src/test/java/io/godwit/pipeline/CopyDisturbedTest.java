package io.godwit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.Forgetting;
import io.godwit.copy.CopyResult;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackNames;
import io.godwit.pack.RecordRef;
import io.godwit.store.MemoryStore;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import io.godwit.volume.VolumeName;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What may happen to a copy while it runs, and what is left of it then.
@Timeout(120)
final class CopyDisturbedTest {
    private static final long REGION = 64L << 20;
    private static final VolumeName OTHER = new VolumeName("other");

    @TempDir Path directory;

    private final SplittableRandom random = new SplittableRandom(6);
    private final List<SparseImage> states = new ArrayList<>();
    private EngineFixture source;

    @BeforeEach
    void begin() throws Exception {
        source = Copies.repository(directory, "source", new MemoryStore(), "leaf");
        SparseImage image = new SparseImage(REGION + 99);
        for (int i = 0; i < 3; i++) {
            image.write(i * 3_000_000L, SparseImage.noise(random, 2_000_000));
            states.add(image.copy());
            source.backup(image.save(directory.resolve("image")));
        }
    }

    @AfterEach
    void end() {
        source.close();
    }

    private EngineFixture target(int number) throws Exception {
        return Copies.repository(directory, "target-" + number, new MemoryStore(), "leaf");
    }

    private void assertHolds(EngineFixture target, int snapshots) throws Exception {
        List<CatalogueEntry> copies = Copies.history(target);
        assertThat(copies).hasSize(snapshots);
        for (int i = 0; i < snapshots; i++) {
            Copies.assertHolds(target, copies.get(i), states.get(i));
        }
    }

    private static long packBytes(EngineFixture fixture) {
        return fixture.store.below().list("p/", "", 1000).objects().stream()
                .mapToLong(object -> object.length())
                .sum();
    }

    /// The target's store dies at each of its puts. One after the last commit is not missed.
    @Test
    void aStoreThatDiesAtAnyPutLosesNothingThatWasCommitted() throws Exception {
        List<CatalogueEntry> chosen = Copies.history(source).subList(0, 2);
        long whole;
        long puts;
        try (EngineFixture target = target(0)) {
            puts = -target.store.puts.get();
            Copies.run(source, target, chosen, true);
            puts += target.store.puts.get();
            whole = packBytes(target);
        }
        assertThat(puts).isGreaterThan(8);
        for (int dead = 1; dead <= puts; dead++) {
            try (EngineFixture target = target(dead)) {
                AtomicInteger left = new AtomicInteger(dead);
                target.store.beforePut =
                        key -> {
                            if (left.decrementAndGet() <= 0) {
                                throw new GodwitException(FailureKind.UNAVAILABLE, "planted");
                            }
                        };
                Throwable failure = catchThrowable(() -> Copies.run(source, target, chosen, true));
                target.store.beforePut = key -> {};
                int committed = target.snapshots();
                assertThat(failure != null || committed == 2).as("dead at " + dead).isTrue();
                CopyResult rest = Copies.run(source, target, chosen, true);
                assertThat(rest.copied().stream().filter(copied -> !copied.fresh()).count())
                        .isEqualTo(committed);
                assertThat(packBytes(target)).as("dead at " + dead).isLessThan(whole * 11 / 10);
                assertHolds(target, 2);
            }
        }
    }

    @Test
    void anInterruptionKeepsWhatIsCommitted() throws Exception {
        try (EngineFixture target = target(0)) {
            Thread copying = Thread.currentThread();
            target.store.beforePut =
                    key -> {
                        if (key.value().startsWith("p/") && target.snapshots() == 1) {
                            copying.interrupt();
                        }
                    };
            assertThat(catchThrowable(() -> Copies.all(source, target)))
                    .matches(CopyDisturbedTest::tellsOfTheInterruption);
            // Each pack interrupts, the last one maybe a thread that is on its way out.
            Thread.interrupted();
            target.store.beforePut = key -> {};
            assertThat(target.snapshots()).isOne();
            Copies.all(source, target);
            assertHolds(target, 3);
        }
    }

    /// An interruption shows as itself, or as what it did to a write under way.
    private static boolean tellsOfTheInterruption(Throwable thrown) {
        return thrown instanceof InterruptedException
                || thrown instanceof GodwitException e && e.kind() == FailureKind.INTERRUPTED;
    }

    private ObjectKey packOf(VolumeName volume, int snapshot) {
        CatalogueEntry entry = source.repository.catalogue().read().entries(volume).get(snapshot);
        String session = entry.session().toString();
        return source.keys("p/").stream()
                .filter(key -> key.value().contains(session))
                .findFirst()
                .orElseThrow();
    }

    private void damage(ObjectKey pack) {
        byte[] bytes = source.store.below().get(pack, 64 << 20).orElseThrow();
        bytes[bytes.length / 2] ^= 1;
        replace(source.store.below(), pack, bytes);
    }

    /// So that nothing of it can be read.
    private static void flip(Store store, ObjectKey pack) {
        byte[] bytes = store.get(pack, 64 << 20).orElseThrow();
        for (int i = 0; i < bytes.length; i += 97) {
            bytes[i] ^= 1;
        }
        replace(store, pack, bytes);
    }

    private static void replace(Store store, ObjectKey pack, byte[] bytes) {
        store.delete(pack);
        store.putIfAbsent(pack, MemorySegment.ofArray(bytes));
    }

    /// A snapshot that would only look whole is not made; who does not need what is damaged is
    /// copied.
    @Test
    void refusesWhatIsDamagedAndCopiesTheOthers() throws Exception {
        source.backup(OTHER, directory.resolve("image"), EngineFixture.EVERYTHING);
        damage(packOf(EngineFixture.DB, 2));
        try (EngineFixture target = target(0)) {
            CopyResult result = Copies.all(source, target);
            List<CatalogueEntry> originals = source.repository.catalogue().read().entries();
            assertThat(result.refused())
                    .hasSize(2)
                    .allMatch(refused -> refused.kind() == FailureKind.CORRUPT);
            assertThat(result.refused().getFirst().source()).isEqualTo(originals.get(2).snapshot());
            assertThat(result.refused().getFirst().message())
                    .contains(originals.get(2).snapshot().toString(), "record");
            assertThat(target.snapshots()).isEqualTo(2);
            Copies.assertHolds(target, Copies.history(target).getLast(), states.get(1));
            assertThat(target.warnings).anyMatch(warning -> warning.contains("snapshot-damaged"));
        }
    }

    /// Damage to what the target has already is none of the copy's business.
    @Test
    void whatWasCopiedBeforeItWasDamagedIsNotReadAgain() throws Exception {
        try (EngineFixture target = target(0)) {
            Copies.run(source, target, Copies.history(source).subList(0, 1), true);
            damage(packOf(EngineFixture.DB, 0));
            assertThat(Copies.all(source, target).refused()).isEmpty();
            assertHolds(target, 3);
        }
    }

    /// The second begins when the first has seen what is there, and ends before it.
    @Test
    void twoCopiesAtOnceMakeEachSnapshotOnce() throws Exception {
        try (EngineFixture target = target(0)) {
            AtomicBoolean begun = new AtomicBoolean();
            target.store.beforePut =
                    key -> {
                        if (!begun.getAndSet(true)) {
                            copyAll(target);
                        }
                    };
            copyAll(target);
            assertHolds(target, 3);
            assertThat(Copies.all(source, target).storePuts()).isZero();
        }
    }

    private CopyResult copyAll(EngineFixture target) {
        List<CatalogueEntry> all = source.repository.catalogue().read().entries();
        try {
            return Copies.engine(source, target, all, false, false).run();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Nothing is built on what is damaged: the others are read whole.
    @Test
    void damageOfTheTargetEndsNoCopies() throws Exception {
        source.backup(OTHER, directory.resolve("image"), EngineFixture.EVERYTHING);
        try (EngineFixture target = target(0)) {
            List<CatalogueEntry> all = source.repository.catalogue().read().entries();
            Copies.run(source, target, Copies.history(source).subList(0, 1), true);
            ObjectKey root = packOf(Copies.history(target).getFirst());
            flip(target.store.below(), root);
            CopyResult result = Copies.run(source, target, all, true);
            assertThat(result.refused()).isEmpty();
            assertThat(result.copied()).anyMatch(copied -> copied.volume().equals(OTHER));
            List<CatalogueEntry> copies = Copies.history(target);
            assertThat(copies).hasSize(4);
            for (int i = 1; i < 3; i++) {
                Copies.assertHolds(target, copies.get(i), states.get(i));
            }
        }
    }

    private static ObjectKey packOf(CatalogueEntry entry) {
        RecordRef record = entry.root().record();
        return PackNames.key(record.pack(), record.metadata());
    }

    /// The copy is made of what was hashed when it was read: it may be all that is left.
    @Test
    void aCopyStaysWhoseOriginalIsDamagedBeforeTheyAreCompared() throws Exception {
        ObjectKey pack = packOf(EngineFixture.DB, 0);
        try (EngineFixture target = target(0)) {
            target.store.beforePut =
                    key -> {
                        if (key.value().startsWith("snap/")) {
                            source.store.below().delete(pack);
                        }
                    };
            CopyResult result = Copies.run(source, target, Copies.history(source), true);
            target.store.beforePut = key -> {};
            assertThat(result.copied()).hasSize(3);
            assertThat(result.refused())
                    .first()
                    .satisfies(r -> assertThat(r.kind()).isEqualTo(FailureKind.CORRUPT))
                    .satisfies(r -> assertThat(r.message()).contains("compared with its copy"));
            assertHolds(target, 3);
        }
    }

    @Test
    void leavesOutWhatIsForgottenAndCollectedMeanwhile() throws Exception {
        List<CatalogueEntry> chosen = Copies.history(source);
        ObjectKey pack = packOf(EngineFixture.DB, 2);
        source.repository
                .forgetting()
                .forget(List.of(chosen.get(2).snapshot().toString()), Forgetting.Options.BY_ID);
        source.store.below().delete(pack);
        try (EngineFixture target = target(0)) {
            CopyResult all = Copies.run(source, target, chosen, false);
            assertThat(all.refused()).isEmpty();
            assertThat(all.copied()).hasSize(2);
            assertThat(target.warnings).anyMatch(w -> w.contains("snapshot-forgotten"));
            CopyResult named = Copies.run(source, target, chosen, true);
            assertThat(named.refused())
                    .singleElement()
                    .satisfies(r -> assertThat(r.kind()).isEqualTo(FailureKind.NOT_FOUND));
        }
    }

    /// A target that loses what it was given: the copy is withdrawn, and said.
    @Test
    void aCopyThatCannotBeReadBackIsForgotten() throws Exception {
        try (EngineFixture target = target(0)) {
            target.store.beforePut =
                    key -> {
                        if (key.value().startsWith("snap/")) {
                            target.keys("m/").forEach(target.store.below()::delete);
                            target.keys("p/").forEach(target.store.below()::delete);
                        }
                    };
            assertThat(catchThrowable(() -> Copies.all(source, target)))
                    .isInstanceOf(GodwitException.class);
            target.store.beforePut = key -> {};
            assertThat(target.snapshots()).isZero();
        }
    }
}
