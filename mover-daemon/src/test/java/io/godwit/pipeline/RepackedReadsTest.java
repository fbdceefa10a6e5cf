package io.godwit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.collect.CollectionRequest;
import io.godwit.collect.CollectionResult;
import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.Forgetting;
import io.godwit.device.SourceFacts;
import io.godwit.digest.Kernel;
import io.godwit.repository.Repository;
import io.godwit.restore.RestoreResult;
import io.godwit.restore.SnapshotHold;
import io.godwit.restore.SnapshotSource;
import io.godwit.volume.VolumeName;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What reads while packs are moved and deleted under it.
@Timeout(120)
final class RepackedReadsTest {
    private static final VolumeName OTHER = new VolumeName("other");
    private static final long REGION = 64L << 20;
    private static final int DATA = 2_000_000;

    @TempDir Path directory;

    private EngineFixture fixture;
    private SparseImage image;
    private BackupResult kept;

    /// A volume that shares two fifths of its packs with one that is forgotten.
    @BeforeEach
    void begin() throws Exception {
        SplittableRandom random = new SplittableRandom(3);
        fixture = EngineFixture.inMemory(directory, "leaf");
        fixture.threads = 1;
        SparseImage whole = new SparseImage(3 * REGION);
        image = new SparseImage(3 * REGION);
        for (int region = 0; region < 3; region++) {
            byte[] shared = SparseImage.noise(random, DATA);
            whole.write(region * REGION, shared);
            whole.write(region * REGION + DATA + 96_000, SparseImage.noise(random, 2 * DATA));
            image.write(region * REGION, shared);
        }
        BackupResult gone =
                fixture.backup(
                        OTHER, whole.save(directory.resolve("whole")), EngineFixture.EVERYTHING);
        kept = fixture.backup(image.save(directory.resolve("source")));
        forget(gone);
    }

    private void forget(BackupResult result) {
        fixture.repository
                .forgetting()
                .forget(
                        List.of(result.snapshot().orElseThrow()),
                        new Forgetting.Options(true, false, "test"));
    }

    private CollectionResult collect(Repository node) {
        return node.collect(
                new CollectionRequest(false, false, Duration.ofMinutes(10)),
                (pid, start) -> true,
                phase -> {});
    }

    /// A whole round behind so many reads of packs.
    private AtomicInteger collectAtRead(int number) {
        AtomicInteger reads = new AtomicInteger();
        Repository leader = fixture.otherNode().repository;
        fixture.store.beforeRead =
                key -> {
                    boolean ofPack = key.value().startsWith("p/");
                    if (ofPack && reads.incrementAndGet() == number) {
                        assertThat(collect(leader).repackedPacks()).isPositive();
                    }
                };
        return reads;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 6, 8})
    void aRestoreGoesOnWithWhatTookTheirPlace(int number) throws Exception {
        AtomicInteger reads = collectAtRead(number);
        Path target = directory.resolve("target");
        RestoreResult result = fixture.restore(fixture.verified(kept, target));
        assertThat(result.badExtents()).isEmpty();
        assertThat(image.mismatch(target)).isEqualTo(-1);
        assertThat(reads.get()).isGreaterThan(number);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void soDoesASnapshotThatIsReadAsASource(int number) throws Exception {
        CatalogueEntry entry = fixture.entry(kept);
        byte[] expected = Files.readAllBytes(directory.resolve("source"));
        AtomicInteger reads = collectAtRead(number);
        try (SnapshotSource source =
                        new SnapshotSource(
                                fixture.repository,
                                Kernel.AUTO,
                                entry,
                                fixture.repository.readRoot(entry),
                                SourceFacts.Kind.FILE);
                Arena arena = Arena.ofConfined()) {
            MemorySegment part = arena.allocate(1 << 20, 4096);
            for (long at = 0; at < source.size(); at += part.byteSize()) {
                source.read(at, part, 0, (int) part.byteSize());
                assertThat(
                                MemorySegment.mismatch(
                                        part,
                                        0,
                                        part.byteSize(),
                                        MemorySegment.ofArray(expected),
                                        at,
                                        at + part.byteSize()))
                        .isEqualTo(-1);
            }
        }
        assertThat(reads.get()).isGreaterThan(number);
    }

    @Test
    void aHeldSnapshotIsCollectedOnlyAfterwards() throws Exception {
        CatalogueEntry entry = fixture.entry(kept);
        try (SnapshotHold hold =
                SnapshotHold.take(
                        fixture.repository,
                        entry,
                        "restore",
                        Thread.ofPlatform().daemon().factory(),
                        Duration.ofMillis(20),
                        fixture.listener())) {
            assertThat(hold.holds()).isTrue();
            forget(kept);
            CollectionResult during = collect(fixture.otherNode().repository);
            assertThat(during.pendingSessions()).isEqualTo(1);
            assertThat(fixture.repository.readRoot(entry).volumeBytes()).isEqualTo(3 * REGION);
        }
        assertThat(fixture.keys("p/")).isNotEmpty();
        collect(fixture.otherNode().repository);
        collect(fixture.otherNode().repository);
        assertThat(fixture.keys("p/")).isEmpty();
        assertThat(fixture.warnings).noneMatch(warning -> warning.startsWith("not-held"));
    }
}
