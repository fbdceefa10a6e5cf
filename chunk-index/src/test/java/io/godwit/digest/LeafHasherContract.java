package io.godwit.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What every kernel must do; [KeyedHasher] is the oracle.
abstract class LeafHasherContract {
    private static final int LEAF = LeafHasher.LEAF_BYTES;
    private static final int MOST_LEAVES = 40;

    /// Stands around what a hasher may write.
    private static final byte UNTOUCHED = 0x5A;

    abstract LeafHasher create(DigestKey key);

    @Test
    void agreesWithTheOfficialVectors() {
        LeafHasher hasher = create(KeyedGolden.KEY);
        MemorySegment out = MemorySegment.ofArray(new byte[32]);
        int checked = 0;
        for (KeyedGolden golden : KeyedGolden.all()) {
            if (golden.length() >= 1 && golden.length() <= LEAF) {
                MemorySegment input = MemorySegment.ofArray(KeyedGolden.input(golden.length()));
                hasher.hashShortLeaf(input, 0, golden.length(), out, 0);
                assertThat(HexFormat.of().formatHex(out.toArray(ValueLayout.JAVA_BYTE)))
                        .as("length %d", golden.length())
                        .isEqualTo(golden.digest());
                checked++;
            }
        }
        assertThat(checked).isEqualTo(22);
    }

    @Test
    void hashesAnyNumberOfLeavesAtAnyAlignment() {
        Random random = new Random(7);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment source = arena.allocate((long) MOST_LEAVES * LEAF + 64);
            fill(source, random);
            LeafHasher hasher = create(KeyedGolden.KEY);
            for (int leaves = 0; leaves <= MOST_LEAVES; leaves++) {
                check(hasher, source, random.nextInt(64), leaves);
            }
        }
    }

    @Test
    void hashesHeapMemory() {
        Random random = new Random(8);
        MemorySegment source = MemorySegment.ofArray(new byte[21 * LEAF + 3]);
        fill(source, random);
        LeafHasher hasher = create(KeyedGolden.KEY);
        for (int leaves : new int[] {1, 3, 4, 16, 17, 21}) {
            check(hasher, source, 3, leaves);
        }
    }

    @Test
    void hashesShortLeavesOfEveryLength() {
        Random random = new Random(9);
        MemorySegment source = MemorySegment.ofArray(new byte[LEAF]);
        fill(source, random);
        LeafHasher hasher = create(KeyedGolden.KEY);
        MemorySegment out = MemorySegment.ofArray(new byte[32]);
        for (int length = 1; length <= LEAF; length++) {
            hasher.hashShortLeaf(source, 0, length, out, 0);
            assertThat(out.toArray(ValueLayout.JAVA_BYTE))
                    .as("length %d", length)
                    .isEqualTo(oracle(source, 0, length));
        }
    }

    @Test
    void refusesWhatLiesOutside() {
        LeafHasher hasher = create(KeyedGolden.KEY);
        MemorySegment source = MemorySegment.ofArray(new byte[2 * LEAF]);
        MemorySegment out = MemorySegment.ofArray(new byte[64]);
        assertThatThrownBy(() -> hasher.hashLeaves(source, 1, 2, out, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> hasher.hashLeaves(source, 0, 2, out, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> hasher.hashLeaves(source, 0, -1, out, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> hasher.hashShortLeaf(source, 0, 0, out, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> hasher.hashShortLeaf(source, 0, LEAF + 1, out, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> hasher.hashShortLeaf(source, LEAF + 1, LEAF, out, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(out.toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
    }

    private static void check(LeafHasher hasher, MemorySegment source, long offset, int leaves) {
        MemorySegment out = MemorySegment.ofArray(new byte[leaves * 32 + 2]).fill(UNTOUCHED);
        hasher.hashLeaves(source, offset, leaves, out, 1);
        for (int leaf = 0; leaf < leaves; leaf++) {
            assertThat(out.asSlice(1 + leaf * 32L, 32).toArray(ValueLayout.JAVA_BYTE))
                    .as("leaf %d of %d at offset %d", leaf, leaves, offset)
                    .isEqualTo(oracle(source, offset + (long) leaf * LEAF, LEAF));
        }
        assertThat(out.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo(UNTOUCHED);
        assertThat(out.get(ValueLayout.JAVA_BYTE, out.byteSize() - 1)).isEqualTo(UNTOUCHED);
    }

    private static byte[] oracle(MemorySegment source, long offset, int length) {
        KeyedHasher oracle = new KeyedHasher(KeyedGolden.KEY);
        oracle.update(source, offset, length);
        return oracle.finish();
    }

    private static void fill(MemorySegment target, Random random) {
        byte[] bytes = new byte[(int) target.byteSize()];
        random.nextBytes(bytes);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, target, 0, bytes.length);
    }
}
