package io.godwit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.index.LocalCache;
import io.godwit.store.MemoryStore;
import io.godwit.volume.VolumeName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is there already is not stored twice, whoever stored it, and whatever became of the cache.
@Timeout(120)
final class DedupTest {
    private static final VolumeName OTHER = new VolumeName("other");

    @TempDir Path directory;

    private final SplittableRandom random = new SplittableRandom(9);

    private SparseImage image(int bytes) {
        SparseImage image = new SparseImage(bytes + 1_000_000);
        image.write(8192, SparseImage.noise(random, bytes));
        return image;
    }

    /// Above a mebibyte a session writes segments, which other nodes read; below it, one pack and
    /// none.
    @ParameterizedTest
    @ValueSource(ints = {400_000, 5_000_000})
    void aSecondVolumeWithTheSameDataStoresNone(int bytes) throws Exception {
        SparseImage image = image(bytes);
        Path source = image.save(directory.resolve("source"));
        try (EngineFixture fixture = EngineFixture.inMemory(directory, "leaf")) {
            fixture.backup(source);
            BackupResult same = fixture.backup(OTHER, source, EngineFixture.EVERYTHING);
            assertThat(same.newBytes()).isZero();
            assertThat(same.storedBytes()).isLessThan(bytes / 20);
            fixture.assertRestores(same, image);
            try (EngineFixture node = fixture.otherNode()) {
                BackupResult far =
                        node.backup(new VolumeName("far"), source, EngineFixture.EVERYTHING);
                assertThat(far.newBytes()).isLessThan(1 << 20);
                node.assertRestores(far, image);
            }
        }
    }

    @Test
    void aLostCacheChangesNothing() throws Exception {
        SparseImage image = image(3_000_000);
        Path source = image.save(directory.resolve("source"));
        try (EngineFixture fixture = EngineFixture.inMemory(directory, "leaf")) {
            BackupResult first = fixture.backup(source);
            image.write(1_000_000, SparseImage.noise(random, 4096));
            image.save(source);
            try (EngineFixture bare = fixture.otherNode()) {
                BackupResult next = bare.backup(source);
                assertThat(next.parent()).isEqualTo(first.snapshot());
                assertThat(next.changedBytes()).isEqualTo(2 * 4096);
                assertThat(next.newBytes()).isEqualTo(2 * 4096);
                bare.assertRestores(next, image);
            }
        }
    }

    @Test
    void equalBlocksInOneRunAreStoredOnce() throws Exception {
        SparseImage image = new SparseImage(40_000_000);
        byte[] part = SparseImage.noise(random, 1 << 20);
        for (int i = 0; i < 30; i++) {
            image.write((long) i * part.length, part);
        }
        byte[] constant = new byte[8_000_000];
        java.util.Arrays.fill(constant, (byte) 7);
        image.write(31L << 20, constant);
        Path source = image.save(directory.resolve("source"));
        for (int threads : new int[] {1, 4}) {
            Path own = java.nio.file.Files.createDirectory(directory.resolve("t" + threads));
            try (EngineFixture fixture = EngineFixture.inMemory(own, "leaf")) {
                fixture.threads = threads;
                BackupResult result = fixture.backup(source);
                assertThat(result.newBytes()).isLessThan(3_000_000);
                fixture.assertRestores(result, image);
            }
        }
    }

    @Test
    void aDryRunStoresNothing() throws Exception {
        SparseImage image = image(3_000_000);
        Path source = image.save(directory.resolve("source"));
        try (EngineFixture fixture = EngineFixture.inMemory(directory, "leaf")) {
            fixture.dryRun = true;
            long puts = fixture.store.puts.get();
            BackupResult dry = fixture.backup(source);
            assertThat(dry.snapshot()).isEmpty();
            assertThat(dry.newBytes()).isBetween(image.dataBytes(), image.dataBytes() + 65_536);
            assertThat(fixture.store.puts.get()).isEqualTo(puts);
            fixture.dryRun = false;
            BackupResult real = fixture.backup(source);
            assertThat(real.newBytes()).isEqualTo(dry.newBytes());
            fixture.assertRestores(real, image);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void manyWritersAtOnce(boolean oneVolume) throws Throwable {
        LocalCache cache = LocalCache.open(directory.resolve("cache"), new byte[16], message -> {});
        SparseImage image = image(3_000_000);
        try (EngineFixture fixture =
                EngineFixture.create(directory, new MemoryStore(), "leaf", cache)) {
            BackupResult base = fixture.backup(image.save(directory.resolve("base")));
            List<EngineFixture.Background> runs = new ArrayList<>();
            List<SparseImage> images = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                image.write(random.nextInt(2_000_000), SparseImage.noise(random, 300_000));
                images.add(image.copy());
                Path source = image.save(directory.resolve("source-" + i));
                VolumeName volume = oneVolume ? EngineFixture.DB : new VolumeName("v" + i);
                runs.add(fixture.background(volume, source, EngineFixture.EVERYTHING));
            }
            List<BackupResult> results = new ArrayList<>();
            for (EngineFixture.Background run : runs) {
                results.add(run.result());
            }
            for (int i = 0; i < runs.size(); i++) {
                fixture.assertRestores(results.get(i), images.get(i));
            }
            assertThat(fixture.snapshots()).isEqualTo(7);
            assertThat(fixture.threadsLeft()).isEmpty();
            BackupResult after = fixture.backup(image.save(directory.resolve("base")));
            fixture.assertRestores(after, image);
            assertThat(base.snapshot()).isPresent();
        }
    }
}
