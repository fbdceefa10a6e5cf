package io.godwit.commit;

import java.util.Comparator;
import java.util.List;

/// What plans, sweeps and indexes of moves have in common: lists in one order, without repetition.
final class Rounds {
    private Rounds() {}

    static void requireRound(long round) {
        if (round < 1) {
            throw new IllegalArgumentException("not a round: " + round);
        }
    }

    static List<PackName> sorted(List<PackName> packs) {
        List<PackName> sorted = packs.stream().sorted().toList();
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).id().equals(sorted.get(i - 1).id())) {
                throw new IllegalArgumentException("pack named twice: " + sorted.get(i));
            }
        }
        return sorted;
    }

    static List<PackMove> sortedMoves(List<PackMove> moves) {
        List<PackMove> sorted =
                moves.stream().sorted(Comparator.comparing(PackMove::victim)).toList();
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).victim().id().equals(sorted.get(i - 1).victim().id())) {
                throw new IllegalArgumentException("moved twice: " + sorted.get(i).victim());
            }
        }
        return sorted;
    }
}
