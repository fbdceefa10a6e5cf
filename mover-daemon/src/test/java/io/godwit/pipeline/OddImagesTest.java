package io.godwit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Contents that are special to one of the rules.
@Timeout(120)
final class OddImagesTest {
    private static final int BLOCK = SparseImage.BLOCK;

    @TempDir Path directory;

    private final SplittableRandom random = new SplittableRandom(31);

    @ParameterizedTest
    @CsvSource({"7,false", "8,true", "9,true"})
    void eightZeroBlocksAreAHole(int zeros, boolean hole) throws Exception {
        SparseImage image = new SparseImage(100L * BLOCK);
        image.write(0, SparseImage.noise(random, 100 * BLOCK));
        image.zero(40L * BLOCK, (long) zeros * BLOCK);
        try (EngineFixture fixture = EngineFixture.inMemory(directory, "leaf")) {
            BackupResult sparse = fixture.backup(image.save(directory.resolve("source")));
            BackupResult full = fixture.backup(image.saveFull(directory.resolve("source")));
            assertThat(sparse.holesBytes()).isEqualTo(hole ? (long) zeros * BLOCK : 0);
            assertThat(full.holesBytes()).isEqualTo(sparse.holesBytes());
            assertThat(full.changedBytes()).isZero();
            fixture.assertRestores(sparse, image);
        }
    }

    @Test
    void holesThatComeAndGo() throws Exception {
        SparseImage image = new SparseImage(300L * BLOCK);
        image.write(0, SparseImage.noise(random, 300 * BLOCK));
        try (EngineFixture fixture = EngineFixture.inMemory(directory, "leaf")) {
            for (int zeros : new int[] {1, 7, 8, 9, 60, 300}) {
                long from = (300L - zeros) / 2;
                image.zero(from * BLOCK, (long) zeros * BLOCK);
                fixture.assertRestores(
                        fixture.backup(image.saveFull(directory.resolve("source"))), image);
                fixture.assertRestores(
                        fixture.backup(image.save(directory.resolve("source"))), image);
                image.write((from + zeros / 2) * BLOCK, SparseImage.noise(random, BLOCK));
                fixture.assertRestores(
                        fixture.backup(image.save(directory.resolve("source"))), image);
            }
        }
    }

    @Test
    void equalBlocksEverywhere() throws Exception {
        SparseImage image = new SparseImage((66L << 20) + 100);
        byte[] constant = new byte[(66 << 20) + 100];
        Arrays.fill(constant, (byte) 0x55);
        image.write(0, constant);
        try (EngineFixture fixture = EngineFixture.inMemory(directory, "leaf")) {
            BackupResult result = fixture.backup(image.save(directory.resolve("source")));
            assertThat(result.storedBytes()).isLessThan(200_000);
            fixture.assertRestores(result, image);
        }
    }

    /// A partition that starts at an odd sector: its data is off the grid, and all the same kept.
    @Test
    void partitionsAtOddSectors() throws Exception {
        SparseImage image = new SparseImage(4L << 20);
        byte[] partition = SparseImage.mixture(random, 3 << 20);
        image.write(63 * 512, partition);
        try (EngineFixture fixture = EngineFixture.inMemory(directory, "leaf")) {
            fixture.assertRestores(fixture.backup(image.save(directory.resolve("source"))), image);
            image.write(63 * 512 + 999_936, SparseImage.noise(random, 512));
            BackupResult next = fixture.backup(image.save(directory.resolve("source")));
            assertThat(next.changedBytes()).isEqualTo(BLOCK);
            fixture.assertRestores(next, image);
        }
    }
}
