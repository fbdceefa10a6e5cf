package io.godwit.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyedHasherTest {
    private static final HexFormat HEX = HexFormat.of();

    private final KeyedHasher hasher = new KeyedHasher(KeyedGolden.KEY);

    @Test
    void agreesWithTheOfficialVectors() {
        assertThat(KeyedGolden.all()).hasSize(35);
        for (KeyedGolden golden : KeyedGolden.all()) {
            hasher.reset();
            hasher.update(KeyedGolden.input(golden.length()), 0, golden.length());
            assertThat(HEX.formatHex(hasher.finish()))
                    .as("length %d", golden.length())
                    .isEqualTo(golden.digest());
        }
    }

    @Test
    void digestDoesNotDependOnThePieces() {
        Random random = new Random(1);
        for (KeyedGolden golden : KeyedGolden.all()) {
            byte[] input = KeyedGolden.input(golden.length());
            hasher.reset();
            for (int at = 0; at < input.length; ) {
                int take = Math.min(input.length - at, random.nextInt(3000));
                hasher.update(input, at, take);
                at += take;
            }
            assertThat(HEX.formatHex(hasher.finish()))
                    .as("length %d", golden.length())
                    .isEqualTo(golden.digest());
        }
    }

    @Test
    void finishesAPrefixAndGoesOn() {
        byte[] input = KeyedGolden.input(102400);
        int at = 0;
        for (KeyedGolden golden : KeyedGolden.all()) {
            hasher.update(input, at, golden.length() - at);
            at = golden.length();
            assertThat(HEX.formatHex(hasher.finish()))
                    .as("length %d", golden.length())
                    .isEqualTo(golden.digest());
        }
    }

    @Test
    void bytesAndLongsAreInputLikeAnyOther() {
        byte[] input = KeyedGolden.input(129);
        for (int i = 0; i < 128; i += 8) {
            long word = 0;
            for (int k = 7; k >= 0; k--) {
                word = word << 8 | (input[i + k] & 0xFF);
            }
            hasher.updateLong(word);
        }
        hasher.updateByte(input[128] & 0xFF);
        byte[] fed = hasher.finish();
        hasher.reset();
        hasher.update(input, 0, 129);
        assertThat(fed).isEqualTo(hasher.finish());
    }

    @Test
    void readsOffHeapAndWritesWhereTold() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment source = arena.allocate(5000);
            MemorySegment.copy(MemorySegment.ofArray(KeyedGolden.input(4097)), 0, source, 3, 4097);
            MemorySegment out = arena.allocate(64);
            hasher.update(source, 3, 4097);
            hasher.finish(out, 5);
            hasher.reset();
            hasher.update(KeyedGolden.input(4097), 0, 4097);
            assertThat(out.asSlice(5, 32).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE))
                    .isEqualTo(hasher.finish());
            assertThat(out.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 4)).isZero();
            assertThat(out.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 37)).isZero();
        }
    }

    @Test
    void refusesWhatLiesOutside() {
        assertThatThrownBy(() -> hasher.update(new byte[10], 5, 6))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> DigestKey.of(new byte[31]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keySaysNothing() {
        assertThat(KeyedGolden.KEY).hasToString("DigestKey[secret]");
    }
}
