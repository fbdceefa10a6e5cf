package io.godwit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BackupSizesTest {
    private static final long REGION = 64L << 20;

    @TempDir Path directory;

    /// Data around the start, the end, and region boundaries; holes elsewhere.
    private static SparseImage image(long size, long seed) {
        SparseImage image = new SparseImage(size);
        Random random = new Random(seed);
        for (long at = 0; at < size; at += REGION) {
            image.write(Math.max(0, at - 300_000), SparseImage.mixture(random, 600_000));
        }
        image.write(Math.max(0, size - 200_000), SparseImage.noise(random, 200_000));
        return image;
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                1,
                511,
                4095,
                4096,
                4097,
                32767,
                32769,
                REGION - 1,
                REGION,
                REGION + 1,
                REGION + 4095,
                REGION + 4097,
                3 * REGION + 12345
            })
    void keepsVolumesOfEverySize(long size) throws Exception {
        SparseImage image = image(size, size);
        try (EngineFixture fixture = EngineFixture.inMemory(directory, "leaf")) {
            Path source = image.save(directory.resolve("source"));
            BackupResult first = fixture.backup(source);
            assertThat(first.sizeBytes()).isEqualTo(size);
            assertThat(first.changedBytes()).isEqualTo(image.dataBytes());
            fixture.assertRestores(first, image);

            long stored = fixture.store.putBytes.get();
            BackupResult again = fixture.backup(source);
            assertThat(again.changedBytes()).isZero();
            assertThat(again.newBytes()).isZero();
            assertThat(fixture.store.putBytes.get() - stored).isLessThan(10_000);
            fixture.assertRestores(again, image);
        }
    }

    @Test
    void sizesOfZerosStoreNoData() throws IOException, InterruptedException {
        SparseImage image = new SparseImage(REGION + 8192 + 17);
        try (EngineFixture fixture = EngineFixture.inMemory(directory, "leaf")) {
            BackupResult result = fixture.backup(image.saveFull(directory.resolve("source")));
            assertThat(result.newBytes()).isZero();
            assertThat(result.changedBytes()).isZero();
            assertThat(fixture.content(result)).isEqualTo("hole");
            fixture.assertRestores(result, image);
        }
    }
}
