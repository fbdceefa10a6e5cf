package io.godwit.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.digest.LeafHasher;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeafChunkerTest {
    private static final int LEAF = LeafHasher.LEAF_BYTES;

    private final LeafChunker chunker = new LeafChunker();

    @Test
    void agreesWithTheGoldenVectors() {
        List<ChunkGolden> vectors = ChunkGolden.all("leaf.txt");
        assertThat(vectors).hasSizeGreaterThan(20);
        for (ChunkGolden golden : vectors) {
            long[] values = Patterns.named(golden.name(), golden.length());
            assertThat(Feeding.leafPieces(chunker, values, () -> 16))
                    .as(golden.line())
                    .isEqualTo(golden.pieces());
            assertThat(LeafRule.pieces(values)).as(golden.line()).isEqualTo(golden.pieces());
        }
    }

    @Test
    void cutsAfterTheSmallestOfItsNeighbours() {
        long[] values = Patterns.values(16, i -> i == 7 ? 0 : 1);
        assertThat(Feeding.leafPieces(chunker, values, () -> 16)).containsExactly(8, 8);
    }

    @Test
    void keepsEightLeavesOnEitherSide() {
        long[] early = Patterns.values(30, i -> i == 6 ? 0 : 1);
        assertThat(Feeding.leafPieces(chunker, early, () -> 30)).containsExactly(30);
        long[] late = Patterns.values(30, i -> i == 22 ? 0 : 1);
        assertThat(Feeding.leafPieces(chunker, late, () -> 30)).containsExactly(30);
    }

    @Test
    void equalsAreNotSmaller() {
        long[] values = Patterns.values(40, i -> i == 15 || i == 22 ? 0 : 1);
        assertThat(Feeding.leafPieces(chunker, values, () -> 40)).containsExactly(40);
        long[] apart = Patterns.values(40, i -> i == 15 || i == 23 ? 0 : 1);
        assertThat(Feeding.leafPieces(chunker, apart, () -> 40)).containsExactly(16, 8, 16);
    }

    @Test
    void valuesAreUnsigned() {
        long[] values = Patterns.values(16, i -> i == 7 ? 1 : Long.MIN_VALUE);
        assertThat(Feeding.leafPieces(chunker, values, () -> 16)).containsExactly(8, 8);
    }

    @Test
    void decidesWithSeventyNineLeavesAndNotBefore() {
        MemorySegment digests = Feeding.digests(Patterns.named("constant", 79));
        chunker.begin();
        for (int leaf = 0; leaf < 78; leaf++) {
            chunker.append(MemorySegment.NULL, 0, LEAF, digests, leaf * 32L);
            assertThat(chunker.next(false)).isZero();
        }
        assertThat(chunker.lookaheadBytes()).isEqualTo(78 * LEAF);
        chunker.append(MemorySegment.NULL, 0, LEAF, digests, 78 * 32L);
        assertThat(chunker.next(false)).isEqualTo(64 * LEAF);
        assertThat(chunker.next(false)).isZero();
    }

    @Test
    void streamsARegionWithoutAPrimaryCut() {
        long[] values = Patterns.named("constant", 16384);
        List<Integer> pieces = Feeding.leafPieces(chunker, values, () -> 1);
        assertThat(pieces).isEqualTo(Collections.nCopies(256, 64));
    }

    @Test
    void lastPieceEndsInAShortLeaf() {
        chunker.begin();
        MemorySegment digests = Feeding.digests(Patterns.named("constant", 5));
        chunker.append(MemorySegment.NULL, 0, 2 * LEAF, digests, 0);
        chunker.append(MemorySegment.NULL, 0, 2 * LEAF + 5, digests, 64);
        assertThat(chunker.next(false)).isZero();
        assertThatThrownBy(() -> chunker.append(MemorySegment.NULL, 0, LEAF, digests, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("short leaf");
        assertThat(chunker.next(true)).isEqualTo(4 * LEAF + 5);
        assertThat(chunker.next(true)).isZero();
    }

    @Test
    void forgetsAnUnfinishedRun() {
        MemorySegment digests = Feeding.digests(Patterns.named("random", 40));
        chunker.begin();
        chunker.append(MemorySegment.NULL, 0, 40 * LEAF, digests, 0);
        chunker.next(false);
        long[] values = Patterns.named("random", 200);
        assertThat(Feeding.leafPieces(chunker, values, () -> 7)).isEqualTo(LeafRule.pieces(values));
    }

    @Test
    void emptyRunHasNoPieces() {
        chunker.begin();
        assertThat(chunker.next(false)).isZero();
        assertThat(chunker.next(true)).isZero();
    }
}
