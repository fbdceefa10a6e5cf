package io.godwit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.godwit.device.Extent;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackNames;
import io.godwit.restore.RestoreRequest;
import io.godwit.restore.RestoreResult;
import io.godwit.store.ObjectKey;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Restores of what is damaged, onto what is there already, and of what was interrupted.
@Timeout(120)
final class RestoreTest {
    private static final long REGION = 64L << 20;
    private static final int BLOCK = SparseImage.BLOCK;

    @TempDir Path directory;

    private final SplittableRandom random = new SplittableRandom(13);
    private final SparseImage image = new SparseImage(2 * REGION + 700_000);
    private EngineFixture fixture;
    private BackupResult backup;

    @BeforeEach
    void begin() throws Exception {
        // So much in each region that no page gets into the pack with data of a small session.
        for (int region = 0; region < 3; region++) {
            image.write(region * REGION + 40_960, SparseImage.noise(random, 1_500_000));
        }
        image.write(10_000_000, SparseImage.noise(random, 4_000_000));
        fixture = EngineFixture.inDirectory(directory, "leaf");
        // One worker fills packs in the same order each time.
        fixture.threads = 1;
        backup = fixture.backup(image.save(directory.resolve("source")));
        fixture.threads = 2;
    }

    @AfterEach
    void end() {
        fixture.close();
    }

    private Path target() {
        return directory.resolve("target");
    }

    private RestoreRequest request(
            boolean delta, boolean verify, boolean resume, boolean force, long offset) {
        return new RestoreRequest(
                fixture.entry(backup),
                target().toString(),
                delta,
                verify,
                true,
                resume,
                offset,
                OptionalLong.empty(),
                force,
                List.of());
    }

    private void damage(ObjectKey key, long from, int length) {
        byte[] bytes = fixture.store.below().get(key, 64 << 20).orElseThrow();
        for (int i = 0; i < length; i++) {
            bytes[(int) from + i] ^= (byte) 0xA5;
        }
        fixture.store.delete(key);
        fixture.store.below().putIfAbsent(key, MemorySegment.ofArray(bytes));
    }

    private ObjectKey largestDataPack() {
        return fixture.keys("p/").stream()
                .max(
                        java.util.Comparator.comparingInt(
                                key ->
                                        fixture.store
                                                .below()
                                                .get(key, 64 << 20)
                                                .orElseThrow()
                                                .length))
                .orElseThrow();
    }

    /// What is listed is all that is wrong, and nothing wrong was written.
    private void assertOnlyListedIsMissing(RestoreResult result) throws Exception {
        assertThat(result.badExtents()).isNotEmpty();
        SparseImage expected = image.copy();
        for (Extent bad : result.badExtents()) {
            expected.zero(bad.offset(), bad.length());
        }
        assertThat(expected.mismatch(target())).as("first wrong byte").isEqualTo(-1);
    }

    // ---- damage

    @Test
    void goesOnBehindDamagedRecords() throws Exception {
        ObjectKey pack = largestDataPack();
        damage(pack, 1_000_000, 3);
        damage(pack, 2_500_000, 3);
        RestoreResult result = fixture.restore(request(false, false, false, false, 0));
        assertOnlyListedIsMissing(result);
        long bad = result.badExtents().stream().mapToLong(Extent::length).sum();
        assertThat(bad).isBetween(1L, 600_000L);
    }

    @Test
    void goesOnWithoutAPack() throws Exception {
        fixture.store.delete(largestDataPack());
        assertOnlyListedIsMissing(fixture.restore(request(false, true, false, false, 0)));
    }

    @Test
    void goesOnBehindACutPack() throws Exception {
        ObjectKey pack = largestDataPack();
        byte[] bytes = fixture.store.below().get(pack, 64 << 20).orElseThrow();
        fixture.store.delete(pack);
        MemorySegment half =
                MemorySegment.ofArray(java.util.Arrays.copyOf(bytes, bytes.length / 2));
        fixture.store.below().putIfAbsent(pack, half);
        RestoreResult result = fixture.restore(request(false, false, false, false, 0));
        assertOnlyListedIsMissing(result);
        assertThat(result.badExtents().stream().mapToLong(Extent::length).sum())
                .isLessThan(image.dataBytes() * 3 / 4);
    }

    /// A read error of the store's disk fails a whole request; only the records in it that fail
    /// alone are lost.
    @Test
    void asksOneByOneWhenARequestFails() throws Exception {
        ObjectKey pack = largestDataPack();
        fixture.threads = 1;
        AtomicInteger reads = new AtomicInteger();
        fixture.store.beforeRead =
                key -> {
                    if (key.equals(pack) && reads.incrementAndGet() == 2) {
                        throw new GodwitException(FailureKind.CORRUPT, "read error: planted");
                    }
                };
        RestoreResult result = fixture.restore(request(false, false, false, false, 0));
        assertThat(reads.get()).isGreaterThan(2);
        assertThat(result.badExtents()).isEmpty();
        assertThat(image.mismatch(target())).isEqualTo(-1);
    }

    @Test
    void stopsWhenTheStoreIsUnavailable() {
        fixture.store.beforeRead =
                key -> {
                    if (key.value().startsWith("p/")) {
                        throw new GodwitException(FailureKind.UNAVAILABLE, "planted");
                    }
                };
        EngineFixture.assertKind(
                catchThrowable(() -> fixture.restore(request(false, false, false, false, 0))),
                FailureKind.UNAVAILABLE);
    }

    // ---- verify and delta

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 4096, 10_000_000 + 77, REGION - 5, REGION + 12_345})
    void verifiesAnyPart(long offset) throws Exception {
        RestoreResult result = fixture.restore(request(false, true, false, false, offset));
        assertThat(result.badExtents()).isEmpty();
        assertThat(image.mismatch(target(), offset, image.size())).isEqualTo(-1);
    }

    @Test
    void verifyFindsWhatTheTargetLost() throws Exception {
        // The target is spoilt between writing and reading back.
        EngineFixture.Spoiler spoiler =
                () -> {
                    try (RandomAccessFile file = new RandomAccessFile(target().toFile(), "rw")) {
                        file.seek(11_000_000);
                        file.write(new byte[10]);
                        file.seek(30_000_000);
                        file.write(1);
                    }
                };
        RestoreResult result =
                fixture.restore(request(false, true, false, false, 0), "syncing", spoiler);
        assertThat(result.badExtents())
                .containsExactly(
                        new Extent(11_000_000 / BLOCK * BLOCK, BLOCK),
                        new Extent(30_000_000 / BLOCK * BLOCK, BLOCK));
    }

    /// Without leaf lists digests say nothing, and bytes are compared.
    @ParameterizedTest
    @ValueSource(strings = {"gear:8KiB", "fixed"})
    void verifiesWhatOtherChunkersCut(String chunker) throws Exception {
        Path own = Files.createDirectory(directory.resolve("own"));
        try (EngineFixture other = EngineFixture.inMemory(own, chunker)) {
            BackupResult first = other.backup(image.save(directory.resolve("source")));
            image.write(10_500_000, new byte[] {1, 2, 3});
            ReadScope.Changed changed =
                    new ReadScope.Changed(
                            image.size(),
                            first.snapshot(),
                            new ExtentSet.Builder().add(10_500_000, 3).build());
            BackupResult next =
                    other.backup(
                            EngineFixture.DB, image.save(directory.resolve("source")), changed);
            RestoreResult result = other.restore(other.verified(next, target()));
            assertThat(result.badExtents()).isEmpty();
            assertThat(image.mismatch(target())).isEqualTo(-1);
        }
    }

    @Test
    void aDeltaWritesOnlyWhatDiffers() throws Exception {
        SparseImage old = image.copy();
        old.write(10_300_000, SparseImage.noise(random, 10_000));
        old.write(40_000_000, SparseImage.noise(random, 10_000));
        old.save(target());
        RestoreResult result = fixture.restore(request(true, true, false, false, 0));
        assertThat(result.badExtents()).isEmpty();
        assertThat(result.writtenBytes()).isLessThan(50_000);
        assertThat(image.mismatch(target())).isEqualTo(-1);
    }

    /// A mistyped target: of a volume that was once this one, some chunk would be left.
    @Test
    void aDeltaLeavesAloneWhatNeverWasThisVolume() throws Exception {
        SparseImage foreign = new SparseImage(image.size() + 5_000_000);
        for (long at = 0; at < foreign.size(); at += 8 << 20) {
            foreign.write(at, SparseImage.noise(random, 4_000_000));
        }
        foreign.save(target());
        EngineFixture.assertKind(
                catchThrowable(() -> fixture.restore(request(true, false, false, false, 0))),
                FailureKind.INVALID);
        assertThat(foreign.mismatch(target())).as("not even cut").isEqualTo(-1);
        fixture.restore(request(true, false, false, true, 0));
        assertThat(image.mismatch(target())).isEqualTo(-1);
    }

    @Test
    void aDeltaFillsWhatIsEmpty() throws Exception {
        new SparseImage(image.size()).saveFull(target());
        fixture.restore(request(true, false, false, false, 0));
        assertThat(image.mismatch(target())).isEqualTo(-1);
    }

    @Test
    void aDeltaListsOnlyWhatItCouldNotMend() throws Exception {
        SparseImage old = image.copy();
        old.write(10_300_000 / BLOCK * BLOCK, SparseImage.noise(random, BLOCK));
        old.save(target());
        fixture.store.delete(largestDataPack());
        RestoreResult result = fixture.restore(request(true, false, false, false, 0));
        assertThat(result.badExtents())
                .containsExactly(new Extent(10_300_000 / BLOCK * BLOCK, BLOCK));
        assertThat(old.mismatch(target())).isEqualTo(-1);
    }

    // ---- resuming

    @Test
    void resumesBehindWhatWasFinished() throws Exception {
        failAtRegion(1);
        RestoreResult result = fixture.restore(request(false, false, true, false, 0));
        assertThat(result.skippedBytes()).isGreaterThanOrEqualTo(REGION);
        assertThat(image.mismatch(target())).isEqualTo(-1);
    }

    /// Fails when the records of a region behind the first are fetched.
    private void failAtRegion(int region) {
        fixture.threads = 1;
        AtomicInteger fetches = new AtomicInteger();
        fixture.store.beforeRead =
                key -> {
                    if (PackNames.parse(key).isPresent()
                            && fixture.progressOfRestore.doneBytes.sum() >= region * REGION
                            && fetches.incrementAndGet() == 1) {
                        throw new GodwitException(FailureKind.UNAVAILABLE, "planted");
                    }
                };
        EngineFixture.assertKind(
                catchThrowable(() -> fixture.restore(request(false, false, true, false, 0))),
                FailureKind.UNAVAILABLE);
        fixture.store.beforeRead = key -> {};
    }

    @Test
    void namesTheWayToGoOn() throws Exception {
        failAtRegion(1);
        Throwable refused =
                catchThrowable(() -> fixture.restore(request(false, false, false, false, 0)));
        EngineFixture.assertKind(refused, FailureKind.INVALID);
        assertThat(((GodwitException) refused).hint().orElse("")).contains("--resume");
    }

    @Test
    void doesNotResumeOnAnotherFile() throws Exception {
        failAtRegion(1);
        Files.delete(target());
        fixture.restore(request(false, false, true, false, 0));
        assertThat(image.mismatch(target())).isEqualTo(-1);
    }

    /// Most file systems give the new file the inode of the old one.
    @Test
    void doesNotResumeOnAFileThatWasMadeAnew() throws Exception {
        failAtRegion(1);
        Files.delete(target());
        new SparseImage(image.size()).save(target());
        RestoreResult result = fixture.restore(request(false, false, true, true, 0));
        assertThat(result.badExtents()).isEmpty();
        assertThat(image.mismatch(target())).isEqualTo(-1);
    }

    @Test
    void doesNotResumeAfterAnotherRestoreToTheSameTarget() throws Exception {
        failAtRegion(1);
        BackupResult first = backup;
        SparseImage changed = image.copy();
        changed.write(0, SparseImage.noise(random, 5_000_000));
        backup = fixture.backup(changed.save(directory.resolve("source")));
        fixture.restore(request(false, false, false, true, 0));
        assertThat(changed.mismatch(target())).isEqualTo(-1);
        backup = first;
        fixture.restore(request(false, false, true, true, 0));
        assertThat(image.mismatch(target())).isEqualTo(-1);
    }

    @Test
    void triesBadRegionsAgainWhenItResumes() throws Exception {
        ObjectKey pack = largestDataPack();
        byte[] bytes = fixture.store.below().get(pack, 64 << 20).orElseThrow();
        fixture.store.delete(pack);
        failAtRegion(2);
        fixture.store.below().putIfAbsent(pack, MemorySegment.ofArray(bytes));
        RestoreResult result = fixture.restore(request(false, false, true, false, 0));
        assertThat(result.badExtents()).isEmpty();
        assertThat(image.mismatch(target())).isEqualTo(-1);
    }

    @Test
    void resumingNothingDoesNotOverwriteAFile() throws Exception {
        Files.writeString(target(), "precious");
        EngineFixture.assertKind(
                catchThrowable(() -> fixture.restore(request(false, false, true, false, 0))),
                FailureKind.INVALID);
        assertThat(target()).hasContent("precious");
    }
}
