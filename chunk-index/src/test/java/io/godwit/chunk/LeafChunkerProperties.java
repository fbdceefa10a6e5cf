package io.godwit.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// The leaf rule over generated runs; a failure names its seed.
class LeafChunkerProperties {
    private static final int RUNS = 3000;

    @Test
    void anyFeedingAgreesWithTheRule() {
        LeafChunker chunker = new LeafChunker();
        for (int seed = 0; seed < RUNS; seed++) {
            Random random = new Random(seed);
            long[] values = run(random);
            int most = 1 + random.nextInt(200);
            assertThat(Feeding.leafPieces(chunker, values, () -> 1 + random.nextInt(most)))
                    .as("seed %d", seed)
                    .isEqualTo(LeafRule.pieces(values));
        }
    }

    @Test
    void piecesHaveEightToSixtyFourLeaves() {
        for (int seed = 0; seed < RUNS; seed++) {
            long[] values = run(new Random(seed));
            List<Integer> pieces = LeafRule.pieces(values);
            assertThat(pieces.stream().mapToInt(piece -> piece).sum()).isEqualTo(values.length);
            if (values.length < LeafChunker.MIN_LEAVES) {
                assertThat(pieces).hasSize(1);
            } else {
                assertThat(pieces).as("seed %d", seed).allMatch(piece -> piece >= 8 && piece <= 64);
            }
        }
    }

    @Test
    void averageIsFifteenLeaves() {
        long[] values = Patterns.named("random", 100_000);
        double average = 100_000.0 / LeafRule.pieces(values).size();
        assertThat(average).isBetween(14.5, 15.5);
    }

    /// The exact bound: cuts differ only between the primary cuts around the change that it cannot
    /// reach, and never more than 78 leaves before it.
    @Test
    void changeMovesCutsNearbyOnly() {
        for (int seed = 0; seed < RUNS; seed++) {
            Random random = new Random(seed);
            long[] before = run(random);
            long[] after = before.clone();
            int x = random.nextInt(before.length);
            after[x] = random.nextBoolean() ? random.nextLong() : random.nextInt(3);
            NavigableSet<Integer> primary = LeafRule.primaryCuts(before);
            Integer left = primary.floor(x - LeafChunker.NEIGHBOURS);
            Integer right = primary.ceiling(x + 1 + LeafChunker.MIN_LEAVES);
            int from = Math.max(left == null ? 0 : left, x - 78);
            int to = right == null ? before.length : right;
            NavigableSet<Integer> cutsBefore = cuts(LeafRule.pieces(before));
            NavigableSet<Integer> cutsAfter = cuts(LeafRule.pieces(after));
            assertThat(cutsAfter.headSet(from, true))
                    .as("seed %d left of %d", seed, x)
                    .isEqualTo(cutsBefore.headSet(from, true));
            assertThat(cutsAfter.tailSet(to))
                    .as("seed %d right of %d", seed, x)
                    .isEqualTo(cutsBefore.tailSet(to));
        }
    }

    /// What that bound is worth on data without structure: a change touches about two pieces.
    @Test
    void changeInRandomDataMovesFewCuts() {
        int leaves = 20_000;
        long[] values = Patterns.named("random", leaves);
        NavigableSet<Integer> before = cuts(LeafRule.pieces(values));
        Random random = new Random(3);
        int changes = 300;
        int moved = 0;
        int farthest = 0;
        for (int i = 0; i < changes; i++) {
            int x = random.nextInt(leaves);
            long[] changed = values.clone();
            changed[x] = random.nextLong();
            NavigableSet<Integer> difference = cuts(LeafRule.pieces(changed));
            NavigableSet<Integer> lost = new TreeSet<>(before);
            lost.removeAll(difference);
            difference.removeAll(before);
            difference.addAll(lost);
            moved += difference.size();
            for (int cut : difference) {
                farthest = Math.max(farthest, Math.abs(cut - x));
            }
        }
        assertThat((double) moved / changes).isLessThan(1);
        assertThat(farthest).isLessThanOrEqualTo(64);
    }

    private static NavigableSet<Integer> cuts(List<Integer> pieces) {
        NavigableSet<Integer> cuts = new TreeSet<>();
        int at = 0;
        for (int piece : pieces) {
            at += piece;
            cuts.add(at);
        }
        return cuts;
    }

    /// Runs of 1 to 700 leaves: noise, few different values, slopes either way, periods, and
    /// constant stretches with a speck here and there.
    private static long[] run(Random random) {
        int leaves = 1 + random.nextInt(random.nextInt(4) == 0 ? 40 : 700);
        int kind = random.nextInt(6);
        int parameter = 1 + random.nextInt(20);
        return Patterns.values(
                leaves,
                i ->
                        switch (kind) {
                            case 0 -> random.nextLong();
                            case 1 -> random.nextInt(parameter);
                            case 2 -> random.nextInt(50) == 0 ? random.nextInt(1000) : i;
                            case 3 -> random.nextInt(50) == 0 ? random.nextInt(1000) : -i;
                            case 4 -> Patterns.mix(i % parameter);
                            default -> random.nextInt(10 * parameter) == 0 ? random.nextLong() : 7;
                        });
    }
}
