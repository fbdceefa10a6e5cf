package io.godwit.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class FileSourceTest {
    private static final int BLOCK = BlockSource.BLOCK_BYTES;

    @TempDir Path directory;

    private Path file(byte[] content) throws IOException {
        return Files.write(directory.resolve("image"), content);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static void assertKind(Throwable thrown, FailureKind kind) {
        assertThat(thrown)
                .isInstanceOfSatisfying(
                        GodwitException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4095, 4096, 4097, 70_001})
    void readsAFileOfAnySizeAndZerosBehindIt(int size) throws IOException {
        byte[] content = random(size);
        int whole = (size + BLOCK - 1) & -BLOCK;
        try (BlockSource source = BlockSources.open(file(content).toString());
                Arena arena = Arena.ofConfined()) {
            assertThat(source.size()).isEqualTo(size);
            assertThat(source.facts().kind()).isEqualTo(SourceFacts.Kind.FILE);
            MemorySegment target = arena.allocate(whole + 16L, BLOCK).fill((byte) 7);
            source.read(0, target, 8, whole);
            byte[] read = target.toArray(ValueLayout.JAVA_BYTE);
            assertThat(read[7]).isEqualTo((byte) 7);
            assertThat(read).startsWith(7, 7, 7, 7, 7, 7, 7, 7);
            for (int i = 0; i < whole; i++) {
                assertThat(read[8 + i]).isEqualTo(i < size ? content[i] : 0);
            }
            assertThat(read[8 + whole]).isEqualTo((byte) 7);
            source.checkUnchanged();
            assertThat(source.modified()).isFalse();
            assertThatThrownBy(() -> source.read(whole, target, 0, 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void refusesWhatIsNoVolume() {
        assertThatThrownBy(() -> BlockSources.open(directory.resolve("missing").toString()))
                .satisfies(e -> assertKind(e, FailureKind.NOT_FOUND))
                .hasMessageContaining("no such file");
        assertThatThrownBy(() -> BlockSources.open(directory.toString()))
                .satisfies(e -> assertKind(e, FailureKind.INVALID))
                .hasMessageContaining("a directory");
        assertThatThrownBy(() -> BlockSources.open("/dev/null"))
                .satisfies(e -> assertKind(e, FailureKind.INVALID))
                .hasMessageContaining("a character device");
        assertThatThrownBy(() -> BlockSources.open("a\0b"))
                .satisfies(e -> assertKind(e, FailureKind.INVALID));
    }

    @Test
    void noticesThatItShrank() throws IOException {
        Path path = file(random(3 * BLOCK));
        try (BlockSource source = BlockSources.open(path.toString());
                Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(4L * BLOCK, BLOCK);
            try (RandomAccessFile writer = new RandomAccessFile(path.toFile(), "rw")) {
                writer.setLength(BLOCK + 100);
            }
            assertThatThrownBy(() -> source.read(BLOCK, target, 0, BLOCK))
                    .satisfies(e -> assertKind(e, FailureKind.FENCED))
                    .hasMessageContaining("shrank");
            assertThatThrownBy(source::checkUnchanged)
                    .satisfies(e -> assertKind(e, FailureKind.FENCED))
                    .hasMessageContaining("size=" + (BLOCK + 100));
        }
    }

    @Test
    void noticesThatItGrewAndReadsNothingOfThat() throws IOException {
        Path path = file(random(100));
        try (BlockSource source = BlockSources.open(path.toString());
                Arena arena = Arena.ofConfined()) {
            Files.write(path, random(BLOCK));
            MemorySegment target = arena.allocate(BLOCK, BLOCK);
            source.read(0, target, 0, BLOCK);
            assertThat(target.asSlice(100).mismatch(MemorySegment.ofArray(new byte[BLOCK - 100])))
                    .isEqualTo(-1);
            assertThatThrownBy(source::checkUnchanged).hasMessageContaining("grew");
        }
    }

    @Test
    void tellsThatItWasWritten() throws IOException {
        Path path = file(random(100));
        Files.setLastModifiedTime(path, FileTime.from(Instant.EPOCH));
        try (BlockSource source = BlockSources.open(path.toString())) {
            assertThat(source.modified()).isFalse();
            Files.write(path, random(100));
            assertThat(source.modified()).isTrue();
            source.checkUnchanged();
        }
    }

    @Test
    void findsHolesInWholeBlocks() throws IOException {
        Path path = directory.resolve("sparse");
        try (RandomAccessFile writer = new RandomAccessFile(path.toFile(), "rw")) {
            writer.setLength((1 << 20) + 5);
            writer.seek(64 * 1024 + 10);
            writer.write(1);
            writer.seek(1 << 19);
            writer.write(new byte[BLOCK]);
        }
        try (BlockSource source = BlockSources.open(path.toString())) {
            ExtentList extents = new ExtentList();
            extents.addData(source, 0, source.size());
            assertThat(extents.size()).isEqualTo(2);
            assertThat(extents.offset(0)).isEqualTo(64 * 1024);
            assertThat(extents.length(0)).isEqualTo(BLOCK);
            assertThat(extents.offset(1)).isEqualTo(1 << 19);
            assertThat(extents.length(1)).isEqualTo(BLOCK);
            assertThat(source.nextHole(0)).isZero();
            assertThat(source.nextHole(1 << 19)).isEqualTo((1 << 19) + BLOCK);
            assertThat(source.nextData(1 << 20)).isEqualTo(source.size());
        }
    }

    @Test
    void crossesASparseFileOfAlmost16TiBInNoTime() throws IOException {
        Path path = directory.resolve("huge");
        long size = (16L << 40) - BLOCK;
        try (RandomAccessFile writer = new RandomAccessFile(path.toFile(), "rw")) {
            writer.setLength(size);
            writer.seek(9L << 40);
            writer.write(1);
            writer.seek(size - 1);
            writer.write(1);
        }
        try (BlockSource source = BlockSources.open(path.toString());
                Arena arena = Arena.ofConfined()) {
            ExtentList extents = new ExtentList();
            long region = 64L << 20;
            for (long from = 0; from < size; from += region) {
                extents.addData(source, from, Math.min(size, from + region));
            }
            assertThat(extents.size()).isEqualTo(2);
            assertThat(extents.offset(0)).isEqualTo(9L << 40);
            assertThat(extents.offset(1)).isEqualTo(size - BLOCK);
            MemorySegment target = arena.allocate(BLOCK, BLOCK);
            source.read(size - BLOCK, target, 0, BLOCK);
            assertThat(target.get(ValueLayout.JAVA_BYTE, BLOCK - 1)).isEqualTo((byte) 1);
        }
    }
}
