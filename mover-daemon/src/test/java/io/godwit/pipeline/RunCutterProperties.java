package io.godwit.pipeline;

import static io.godwit.digest.LeafHasher.DIGEST_BYTES;
import static io.godwit.digest.LeafHasher.LEAF_BYTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.chunk.ChunkerSpec;
import io.godwit.chunk.Chunkers;
import io.godwit.digest.DigestKey;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RunCutterProperties {
    private static final int LEAVES = 2000;

    private enum Leaf {
        SAME,
        SAME_HOLE,
        DATA,
        ZERO
    }

    private final List<String> told = new ArrayList<>();
    private final int[] coveredBy = new int[LEAVES];
    private int pieces;

    private final RunCutter.Sink sink =
            new RunCutter.Sink() {
                @Override
                public void piece(int from, int bytes) {
                    pieces++;
                    cover(from, bytes, 1);
                    told.add("piece " + from + " " + bytes);
                }

                @Override
                public void hole(int from, int bytes) {
                    cover(from, bytes, 2);
                    told.add("hole " + from + " " + bytes);
                }
            };

    private void cover(int from, int bytes, int by) {
        assertThat(from % LEAF_BYTES).isZero();
        for (int i = from / LEAF_BYTES; i < (from + bytes + LEAF_BYTES - 1) / LEAF_BYTES; i++) {
            assertThat(coveredBy[i]).as("leaf %d told once", i).isZero();
            coveredBy[i] = by;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void everyChangedLeafIsToldOnceAndNoOther(long seed) {
        Random dice = new Random(seed);
        Leaf[] leaves = leaves(dice);
        MemorySegment digests = digests(dice);
        cut(leaves, digests, 1 + dice.nextInt(300));
        for (int i = 0; i < LEAVES; i++) {
            boolean changed = leaves[i] == Leaf.DATA || leaves[i] == Leaf.ZERO;
            assertThat(coveredBy[i] != 0).as("leaf %d is %s", i, leaves[i]).isEqualTo(changed);
            if (leaves[i] == Leaf.DATA) {
                assertThat(coveredBy[i]).as("data leaf %d", i).isEqualTo(1);
            }
        }
        assertThat(pieces).isPositive();
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24})
    void tilesDoNotMatter(long seed) {
        Random dice = new Random(seed);
        Leaf[] leaves = leaves(dice);
        MemorySegment digests = digests(dice);
        cut(leaves, digests, LEAVES);
        List<String> whole = List.copyOf(told);
        told.clear();
        java.util.Arrays.fill(coveredBy, 0);
        cut(leaves, digests, 7);
        assertThat(told).containsExactlyElementsOf(whole);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 20})
    void eightZeroLeavesInARunAreAHole(int zeros) {
        Leaf[] leaves = new Leaf[LEAVES];
        java.util.Arrays.fill(leaves, Leaf.SAME);
        java.util.Arrays.fill(leaves, 100, 200, Leaf.DATA);
        java.util.Arrays.fill(leaves, 140, 140 + zeros, Leaf.ZERO);
        cut(leaves, digests(new Random(1)), 64);
        assertThat(coveredBy[140]).isEqualTo(zeros >= RunCutter.MIN_HOLE_LEAVES ? 2 : 1);
    }

    private void cut(Leaf[] leaves, MemorySegment digests, int tile) {
        DigestKey key = DigestKey.of(new byte[32]);
        RunCutter cutter =
                new RunCutter(Chunkers.create(new ChunkerSpec.Leaf(), key), digests, sink);
        for (int i = 0; i < leaves.length; i++) {
            int from = i * LEAF_BYTES;
            switch (leaves[i]) {
                case SAME -> cutter.boundary(from, false);
                case SAME_HOLE -> cutter.boundary(from, true);
                case DATA -> cutter.data(from);
                case ZERO -> cutter.zero(from, LEAF_BYTES);
            }
            if ((i + 1) % tile == 0 && i + 1 < leaves.length) {
                int end = from + LEAF_BYTES;
                cutter.advance(end);
                assertThat(end - cutter.firstUndecided(end)).isLessThanOrEqualTo(96 * LEAF_BYTES);
            }
        }
        cutter.boundary((leaves.length - 1) * LEAF_BYTES + 1000, false);
    }

    private static Leaf[] leaves(Random dice) {
        Leaf[] leaves = new Leaf[LEAVES];
        int i = 0;
        while (i < LEAVES) {
            Leaf kind = Leaf.values()[dice.nextInt(4)];
            int length = 1 + dice.nextInt(kind == Leaf.DATA ? 200 : 14);
            for (int j = 0; j < length && i < LEAVES; j++) {
                leaves[i++] = kind;
            }
        }
        return leaves;
    }

    private static MemorySegment digests(Random dice) {
        byte[] bytes = new byte[LEAVES * DIGEST_BYTES];
        dice.nextBytes(bytes);
        return MemorySegment.ofArray(bytes);
    }
}
