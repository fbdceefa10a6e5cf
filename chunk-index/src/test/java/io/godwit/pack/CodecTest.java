package io.godwit.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodecTest {
    private static final int LENGTH = 300_000;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment packed = arena.allocate(RecordCodec.bound(LENGTH));
    private final MemorySegment back = arena.allocate(LENGTH);

    @ParameterizedTest
    @ValueSource(strings = {"zstd:1", "zstd:-5", "zstd:19", "lz4", "none"})
    void textsAreReadBack(String text) {
        assertThat(Codec.parse(text).text()).isEqualTo(text);
    }

    @Test
    void zstdAloneIsLevelOne() {
        assertThat(Codec.parse("zstd")).isEqualTo(new Codec.Zstd(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd:20", "zstd:-6", "zstd:", "zstd:x", "gzip", "", "LZ4"})
    void refusesWhatItDoesNotKnow(String text) {
        assertThatThrownBy(() -> Codec.parse(text))
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> assertThat(e.kind()).isEqualTo(FailureKind.INVALID));
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd:1", "zstd:-5", "zstd:7", "lz4"})
    void compressesWhatCanBeAndLeavesNoiseAlone(String text) {
        MemorySegment zeros = arena.allocate(LENGTH);
        byte[] noise = new byte[LENGTH];
        new Random(1).nextBytes(noise);
        MemorySegment heap = MemorySegment.ofArray(noise);
        try (RecordCodec codec = new RecordCodec(Codec.parse(text))) {
            int length = codec.compress(zeros, 1, LENGTH - 1, packed, 0);
            assertThat(length).isBetween(1, LENGTH / 50);
            back.fill((byte) 7);
            assertThat(codec.decompress(codec.code(), packed, 0, length, back, 1, LENGTH - 1))
                    .isTrue();
            assertThat(back.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 7);
            assertThat(back.asSlice(1).mismatch(zeros.asSlice(1))).isEqualTo(-1);
            assertThat(codec.compress(heap, 0, LENGTH, packed, 0)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd:1", "lz4"})
    void decompressesToTheExactLengthOnly(String text) {
        MemorySegment zeros = arena.allocate(LENGTH);
        try (RecordCodec codec = new RecordCodec(Codec.parse(text))) {
            int length = codec.compress(zeros, 0, 5000, packed, 0);
            int code = codec.code();
            assertThat(codec.decompress(code, packed, 0, length, back, 0, 5000)).isTrue();
            assertThat(codec.decompress(code, packed, 0, length, back, 0, 4999)).isFalse();
            assertThat(codec.decompress(code, packed, 0, length, back, 0, 5001)).isFalse();
            assertThat(codec.decompress(code, packed, 0, length - 1, back, 0, 5000)).isFalse();
            assertThat(codec.decompress(9, packed, 0, length, back, 0, 5000)).isFalse();
            assertThat(codec.decompress(0, packed, 0, length, back, 0, 5000)).isFalse();
        }
    }

    @Test
    void neverWritesBeyondTheTargetWhateverItIsGiven() {
        Random random = new Random(5);
        byte[] noise = new byte[500];
        try (RecordCodec codec = new RecordCodec(new Codec.None())) {
            for (int i = 0; i < 2000; i++) {
                random.nextBytes(noise);
                noise[0] = 0x28;
                noise[1] = (byte) 0xb5;
                noise[2] = 0x2f;
                noise[3] = (byte) 0xfd;
                MemorySegment source = MemorySegment.ofArray(noise);
                back.set(ValueLayout.JAVA_BYTE, 1000, (byte) 42);
                boolean decoded = codec.decompress(1 + i % 2, source, 0, 500, back, 0, 1000);
                assertThat(decoded && i % 2 == 0).isFalse();
                assertThat(back.get(ValueLayout.JAVA_BYTE, 1000)).isEqualTo((byte) 42);
            }
        }
    }

    @Test
    void heapMemoryMayBePlainButNeverTheTarget() {
        MemorySegment heap = MemorySegment.ofArray(new byte[5000]);
        try (RecordCodec codec = new RecordCodec(new Codec.Zstd(1))) {
            assertThatThrownBy(() -> codec.compress(heap, 0, 100, heap, 0))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> codec.compress(heap, 4990, 100, packed, 0))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }
}
