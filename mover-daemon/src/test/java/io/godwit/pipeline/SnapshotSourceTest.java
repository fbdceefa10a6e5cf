package io.godwit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.godwit.device.SourceFacts;
import io.godwit.digest.Kernel;
import io.godwit.error.FailureKind;
import io.godwit.restore.SnapshotSource;
import io.godwit.store.ObjectKey;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A stored snapshot reads like the volume that it was made from.
@Timeout(60)
final class SnapshotSourceTest {
    private static final long REGION = 64L << 20;
    private static final int LONGEST = 1 << 20;

    @TempDir Path directory;

    private final SplittableRandom random = new SplittableRandom(8);
    private final SparseImage image = new SparseImage(5 * REGION + 4321);

    private SnapshotSource backedUp(EngineFixture fixture) throws Exception {
        image.write(5000, SparseImage.mixture(random, 4_000_000));
        image.write(2 * REGION - 1_500_000, SparseImage.mixture(random, 3_000_000));
        fixture.backup(image.save(directory.resolve("image")));
        image.write(300_000, SparseImage.noise(random, 700_000));
        image.write(image.size() - 10_000, SparseImage.noise(random, 10_000));
        BackupResult last = fixture.backup(image.save(directory.resolve("image")));
        return new SnapshotSource(
                fixture.repository,
                Kernel.AUTO,
                fixture.entry(last),
                fixture.root(last),
                SourceFacts.Kind.FILE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"leaf", "gear:16KiB", "fixed:4MiB"})
    void deliversAnyRangeToAnyNumberOfThreads(String chunker) throws Exception {
        try (EngineFixture fixture = EngineFixture.inMemory(directory, chunker);
                SnapshotSource source = backedUp(fixture)) {
            assertThat(source.size()).isEqualTo(image.size());
            List<FutureTask<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                SplittableRandom own = random.split();
                FutureTask<Integer> task = new FutureTask<>(() -> readRanges(source, own));
                readers.add(task);
                Thread.ofPlatform().start(task);
            }
            for (FutureTask<Integer> reader : readers) {
                assertThat(reader.get()).isEqualTo(30);
            }
        }
    }

    private int readRanges(SnapshotSource source, SplittableRandom own) {
        int equal = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(LONGEST);
            for (int i = 0; i < 30; i++) {
                long center = own.nextBoolean() ? 2 * REGION : own.nextLong(image.size());
                long offset = Math.max(0, center - own.nextInt(LONGEST));
                int length = (int) Math.min(1 + own.nextInt(LONGEST - 1), image.size() - offset);
                source.read(offset, buffer, 0, length);
                byte[] found = buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
                equal += Arrays.equals(found, image.read(offset, length)) ? 1 : 0;
            }
        }
        return equal;
    }

    @ParameterizedTest
    @ValueSource(strings = {"leaf", "gear:16KiB"})
    void knowsItsHoles(String chunker) throws Exception {
        try (EngineFixture fixture = EngineFixture.inMemory(directory, chunker);
                SnapshotSource source = backedUp(fixture)) {
            long data = 0;
            long at = 0;
            while (at < source.size()) {
                long from = source.nextData(at);
                int hole = (int) (from - at);
                assertThat(Arrays.mismatch(image.read(at, hole), new byte[hole])).isEqualTo(-1);
                at = source.nextHole(from);
                assertThat(at % 4096 == 0 || at == source.size()).isTrue();
                data += at - from;
            }
            assertThat(data).isLessThan(image.dataBytes() * 11 / 10 + 200_000);
            assertThat(source.nextHole(REGION - 4096)).isEqualTo(REGION - 4096);
        }
    }

    @Test
    void whatIsGoneFailsTheReadAndIsRemembered() throws Exception {
        try (EngineFixture fixture = EngineFixture.inMemory(directory, "leaf");
                SnapshotSource source = backedUp(fixture);
                Arena arena = Arena.ofConfined()) {
            for (ObjectKey pack : fixture.keys("p/")) {
                fixture.store.below().delete(pack);
            }
            MemorySegment buffer = arena.allocate(LONGEST);
            EngineFixture.assertKind(
                    catchThrowable(() -> source.read(0, buffer, 0, LONGEST)),
                    FailureKind.NOT_FOUND);
            assertThat(source.damage()).isPresent();
        }
    }
}
