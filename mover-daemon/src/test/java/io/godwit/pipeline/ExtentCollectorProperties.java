package io.godwit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever comes in comes out, and no more than that as long as there is room.
final class ExtentCollectorProperties {
    private static final int BLOCK = ExtentSet.BLOCK_BYTES;
    private static final int BLOCKS = 4000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void isTheUnionWhileThereIsRoom(long seed) {
        Random random = new Random(seed);
        ExtentCollector collector = new ExtentCollector(1 << 16);
        BitSet expected = fill(random, collector, 2000, 20);

        assertThat(blocks(collector.build())).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void losesNothingWhenThereIsNone(long seed) {
        Random random = new Random(seed);
        ExtentCollector collector = new ExtentCollector(2048);
        BitSet expected = fill(random, collector, 20_000, 2);
        ExtentSet built = collector.build();

        BitSet found = blocks(built);
        assertThat(built.size()).isLessThanOrEqualTo(2048);
        found.and(expected);
        assertThat(found).isEqualTo(expected);
    }

    private static BitSet fill(Random random, ExtentCollector collector, int count, int longest) {
        BitSet expected = new BitSet();
        for (int i = 0; i < count; i++) {
            long offset = random.nextLong(BLOCKS * (long) BLOCK);
            long length = random.nextLong((long) longest * BLOCK);
            collector.add(offset, length);
            if (length > 0) {
                expected.set((int) (offset / BLOCK), (int) ((offset + length + BLOCK - 1) / BLOCK));
            }
        }
        return expected;
    }

    private static BitSet blocks(ExtentSet extents) {
        BitSet blocks = new BitSet();
        for (int i = 0; i < extents.size(); i++) {
            assertThat(i == 0 || extents.start(i) > extents.end(i - 1)).isTrue();
            blocks.set((int) (extents.start(i) / BLOCK), (int) (extents.end(i) / BLOCK));
        }
        return blocks;
    }
}
