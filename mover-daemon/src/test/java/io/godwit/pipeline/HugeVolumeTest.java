package io.godwit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A volume of 16 TiB with little in it costs little.
@Timeout(120)
final class HugeVolumeTest {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long SIZE = 16L << 40;

    @Test
    void keepsSixteenTebibytes() throws Exception {
        assumeTrue(Files.isWritable(MEMORY), "no file system for such files");
        Path directory = Files.createTempDirectory(MEMORY, "godwit-huge");
        try {
            keep(directory);
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private void keep(Path directory) throws Exception {
        SplittableRandom random = new SplittableRandom(1);
        long[] places = {0, 5L << 40, SIZE - 8192};
        byte[][] contents = new byte[places.length][];
        Path source = directory.resolve("source");
        try (RandomAccessFile file = new RandomAccessFile(source.toFile(), "rw")) {
            file.setLength(SIZE);
            for (int i = 0; i < places.length; i++) {
                contents[i] = SparseImage.noise(random, 8192);
                file.seek(places[i]);
                file.write(contents[i]);
            }
        }
        try (EngineFixture fixture = EngineFixture.inMemory(directory, "leaf")) {
            BackupResult first = fixture.backup(source);
            assertThat(first.changedBytes()).isEqualTo(3 * 8192);
            assertThat(first.holesBytes()).isEqualTo(SIZE - 3 * 8192);
            assertThat(first.storedBytes()).isLessThan(100_000);
            assertThat(fixture.backup(source).changedBytes()).isZero();

            ReadScope.Changed nothing =
                    new ReadScope.Changed(SIZE, first.snapshot(), ExtentSet.EMPTY);
            BackupResult none = fixture.backup(EngineFixture.DB, source, nothing);
            assertThat(none.readBytes()).isZero();
            assertThat(none.parent()).isEqualTo(Optional.of(first.snapshot().orElseThrow()));

            Path target = directory.resolve("target");
            fixture.restore(fixture.request(none, target));
            assertThat(Files.size(target)).isEqualTo(SIZE);
            try (RandomAccessFile file = new RandomAccessFile(target.toFile(), "r")) {
                for (int i = 0; i < places.length; i++) {
                    byte[] found = new byte[8192];
                    file.seek(places[i]);
                    file.readFully(found);
                    assertThat(found).isEqualTo(contents[i]);
                }
            }
        }
    }
}
