package io.godwit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Reading past the page cache gives what reading through it gives.
final class DirectReadsTest {
    private static final int LENGTH = (3 << 20) + 12345;
    private static final ObjectKey KEY = new ObjectKey("p/00/pack");

    @TempDir Path directory;
    private final byte[] content = new byte[LENGTH];
    private DirectoryStore store;

    @BeforeEach
    void put() throws IOException {
        new Random(5).nextBytes(content);
        store = DirectoryStore.open(directory, Clock.systemUTC(), new Random(1));
        assertThat(store.putIfAbsent(KEY, MemorySegment.ofArray(content)))
                .isEqualTo(Store.Put.CREATED);
    }

    /// Offset, length, and by how much the memory is not aligned.
    @ParameterizedTest
    @CsvSource({
        "0, 1048576, 0",
        "4096, 524288, 0",
        "2097152, 1048576, 0",
        "2097152, 2097152, 0",
        "3145728, 524288, 0",
        "4194304, 524288, 0",
        "4096, 524288, 512",
        "512, 524288, 0",
        "0, 524800, 0"
    })
    void readsWhatIsThere(long offset, int length, int askew) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(length + askew, 4096).asSlice(askew, length);
            long there = Math.clamp(LENGTH - offset, 0, length);
            assertThat(store.read(KEY, offset, target)).isEqualTo(there);
            MemorySegment expected = MemorySegment.ofArray(content);
            if (there > 0) {
                assertThat(target.asSlice(0, there).mismatch(expected.asSlice(offset, there)))
                        .isEqualTo(-1);
            }
        }
    }

    @Test
    void takesLongAlignedRangesOnly() throws IOException {
        DirectReads direct = new DirectReads(new StoreTraits("ext4", false));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(1 << 20, 4096);
            assertThat(direct.fits(0, target)).isTrue();
            assertThat(direct.fits(1, target)).isFalse();
            assertThat(direct.fits(0, target.asSlice(512))).isFalse();
            assertThat(direct.fits(0, target.asSlice(0, 256 << 10))).isFalse();
            assertThat(direct.fits(0, MemorySegment.ofArray(new byte[1 << 20]))).isFalse();
            assertThat(new DirectReads(new StoreTraits("nfs4", true)).fits(0, target)).isFalse();
        }
    }

    @Test
    void givesUpForGoodWhereTheSystemCannot() throws IOException {
        DirectReads direct = new DirectReads(new StoreTraits("ext4", false));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(1 << 20, 4096);
            // A directory opens, and cannot be read.
            assertThat(direct.read(directory, 0, target)).isEqualTo(OptionalLong.empty());
            assertThat(direct.fits(0, target)).isFalse();
        }
    }

    @Test
    void whatIsMissingIsMissing() {
        DirectReads direct = new DirectReads(new StoreTraits("ext4", false));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(1 << 20, 4096);
            assertThatThrownBy(() -> direct.read(directory.resolve("none"), 0, target))
                    .isInstanceOf(NoSuchFileException.class);
            assertThat(store.read(new ObjectKey("p/00/none"), 0, target)).isEqualTo(-1);
        }
    }

    @Test
    void anInterruptedReaderIsToldSo() throws IOException {
        assertThat(Files.size(directory.resolve(KEY.value()))).isEqualTo(LENGTH);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(1 << 20, 4096);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> store.read(KEY, 0, target))
                    .isInstanceOfSatisfying(
                            GodwitException.class,
                            e -> assertThat(e.kind()).isEqualTo(FailureKind.INTERRUPTED));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(store.read(KEY, 0, target)).isEqualTo(1 << 20);
        }
    }
}
