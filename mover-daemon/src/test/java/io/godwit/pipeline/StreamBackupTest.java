package io.godwit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.device.TestSources;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Streams, and chunkers whose pieces are larger than a tile.
@Timeout(120)
final class StreamBackupTest {
    private static final long REGION = 64L << 20;

    @TempDir Path directory;

    private SparseImage image(long size) {
        SplittableRandom random = new SplittableRandom(size);
        SparseImage image = new SparseImage(size);
        for (long at = 0; at < size; at += REGION / 2) {
            image.write(Math.max(0, at - 2_000_000), SparseImage.mixture(random, 5_000_000));
        }
        image.write(100, SparseImage.noise(random, 3_000_000));
        return image;
    }

    @ParameterizedTest
    @CsvSource({
        "leaf,0",
        "leaf,1",
        "leaf,4097",
        "leaf,67108864",
        "leaf,67108865",
        "leaf,140000123",
        "gear:4KiB,70000000",
        "fixed,67112961"
    })
    void keepsStreams(String chunker, long size) throws Exception {
        SparseImage image = image(size);
        Path source = image.saveFull(directory.resolve("source"));
        try (EngineFixture fixture = EngineFixture.inMemory(directory, chunker)) {
            fixture.sources = path -> TestSources.stream(source);
            BackupResult first = fixture.backup(source);
            assertThat(first.sizeBytes()).isEqualTo(size);
            fixture.assertRestores(first, image);
            BackupResult again = fixture.backup(source);
            assertThat(again.newBytes()).isZero();
            assertThat(again.changedBytes()).isZero();
            assertThat(fixture.content(again)).isEqualTo(fixture.content(first));
            fixture.assertRestores(again, image);
        }
    }

    @Test
    void readsAPipe() throws Exception {
        SparseImage image = image(3_000_001);
        Path source = image.saveFull(directory.resolve("source"));
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        Process writer =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "exec > '"
                                        + pipe
                                        + "'; head -c 5000 '"
                                        + source
                                        + "'; sleep 0.3; tail -c +5001 '"
                                        + source
                                        + "'")
                        .start();
        try (EngineFixture fixture = EngineFixture.inMemory(directory, "leaf")) {
            fixture.sources = path -> TestSources.stream(pipe);
            BackupResult result = fixture.backup(source);
            assertThat(result.sizeBytes()).isEqualTo(image.size());
            fixture.assertRestores(result, image);
        } finally {
            writer.destroy();
        }
    }

    @ParameterizedTest
    @CsvSource({"fixed:4MiB", "fixed:16MiB", "gear:2MiB", "gear:1MiB", "fixed:4KiB", "gear:4KiB"})
    void cutsPiecesOfAnySize(String chunker) throws Exception {
        SparseImage image = image(REGION + 9_000_001);
        image.write(20_000_000, SparseImage.noise(new SplittableRandom(8), 21_000_000));
        try (EngineFixture fixture = EngineFixture.inMemory(directory, chunker)) {
            Path source = image.save(directory.resolve("source"));
            BackupResult first = fixture.backup(source);
            fixture.assertRestores(first, image);
            image.write(33_000_000, new byte[] {1, 2, 3});
            image.write(REGION - 2, new byte[] {1, 2, 3, 4});
            BackupResult next = fixture.backup(image.save(source));
            fixture.assertRestores(next, image);
        }
    }
}
