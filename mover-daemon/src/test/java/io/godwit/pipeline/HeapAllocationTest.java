package io.godwit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.godwit.volume.VolumeName;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is read does not pass through the heap: it grows with chunks that are new, and hardly with
/// bytes that are read.
///
/// What a run costs whatever it reads is left out: two volumes are read, and only the difference
/// counts.
@Timeout(180)
final class HeapAllocationTest {
    private static final int SMALL_MIB = 256;
    private static final int LARGE_MIB = 1280;

    /// Measured is less than one; the count itself wanders by half a mebibyte from run to run.
    private static final long LIMIT = 2 << 20;

    /// From then on the code is compiled.
    private static final int RUNS = 8;

    @TempDir Path directory;

    private final SplittableRandom random = new SplittableRandom(31);
    private final ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

    @Test
    void anUnchangedVolumeHardlyCostsHeap() throws Exception {
        Path small = noise("small", SMALL_MIB);
        Path large = noise("large", LARGE_MIB);
        long forSmall = Long.MAX_VALUE;
        long forLarge = Long.MAX_VALUE;
        try (EngineFixture fixture = EngineFixture.inDirectory(directory, "leaf")) {
            for (int run = 0; run < RUNS; run++) {
                forSmall = Math.min(forSmall, allocatedBy(fixture, small));
                forLarge = Math.min(forLarge, allocatedBy(fixture, large));
            }
        }
        assertThat(forLarge).as("more is read").isGreaterThan(forSmall);
        assertThat((forLarge - forSmall) * 1024 / (LARGE_MIB - SMALL_MIB)).isLessThan(LIMIT);
    }

    private long allocatedBy(EngineFixture fixture, Path source) throws Exception {
        long before = threads.getTotalThreadAllocatedBytes();
        VolumeName volume = new VolumeName(source.getFileName().toString());
        fixture.backup(volume, source, EngineFixture.EVERYTHING);
        return threads.getTotalThreadAllocatedBytes() - before;
    }

    private Path noise(String name, int mebibytes) throws Exception {
        Path file = directory.resolve(name);
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int i = 0; i < mebibytes; i++) {
                out.write(SparseImage.noise(random, 1 << 20));
            }
        }
        return file;
    }
}
