package io.godwit.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// Makes a bad history shorter: leaves out whatever it stays bad without, halves first, then single
/// strokes (delta debugging, after Zeller and Hildebrandt). Each try is a whole history.
public final class Shrinker {
    private final int triesMax;
    private int tries;

    /// @param triesMax after which it is content with what it has
    public Shrinker(int triesMax) {
        this.triesMax = triesMax;
    }

    /// The strokes that are needed.
    ///
    /// @param strokes of the history as it was
    /// @param stillBad whether the history with these strokes and no others is bad in the same way
    public Set<String> shrink(List<String> strokes, Predicate<Set<String>> stillBad) {
        List<String> kept = new ArrayList<>(new java.util.LinkedHashSet<>(strokes));
        int piece = Math.max(1, kept.size() / 2);
        while (tries < triesMax && !kept.isEmpty()) {
            boolean less = false;
            for (int from = 0; from < kept.size() && tries < triesMax; ) {
                List<String> without = new ArrayList<>(kept);
                without.subList(from, Math.min(from + piece, kept.size())).clear();
                tries++;
                if (stillBad.test(Set.copyOf(without))) {
                    kept = without;
                    less = true;
                } else {
                    from += piece;
                }
            }
            if (piece == 1 && !less) {
                break;
            }
            piece = Math.max(1, piece / 2);
        }
        return Set.copyOf(kept);
    }

    /// How many histories that took.
    public int tries() {
        return tries;
    }
}
