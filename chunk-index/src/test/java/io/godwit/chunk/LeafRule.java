package io.godwit.chunk;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/// The leaf rule, word by word and without haste: what [LeafChunker] must agree with.
final class LeafRule {
    private LeafRule() {}

    /// Lengths in leaves of the pieces of a run whose leaves have these values, as unsigned
    /// numbers.
    static List<Integer> pieces(long[] v) {
        int n = v.length;
        NavigableSet<Integer> bounds = primaryCuts(v);
        bounds.add(0);
        bounds.add(n);
        List<Integer> pieces = new ArrayList<>();
        int from = 0;
        for (int to : bounds.tailSet(1, true)) {
            while (to - from > 64) {
                int length = forced(v, from, to - from);
                pieces.add(length);
                from += length;
            }
            pieces.add(to - from);
            from = to;
        }
        return pieces;
    }

    /// Rule 1: at least 8 leaves on either side, strictly smaller than 7 neighbours on either side.
    static NavigableSet<Integer> primaryCuts(long[] v) {
        NavigableSet<Integer> cuts = new TreeSet<>();
        for (int i = 0; i < v.length; i++) {
            boolean cut = i + 1 >= 8 && v.length - (i + 1) >= 8;
            for (int d = 1; d <= 7 && cut; d++) {
                cut = less(v[i], v[i - d]) && less(v[i], v[i + d]);
            }
            if (cut) {
                cuts.add(i + 1);
            }
        }
        return cuts;
    }

    /// Rule 2: after the smallest among leaves 8 to min(64, rest - 8), counted from 1; the last of
    /// equals.
    private static int forced(long[] v, int from, int rest) {
        int best = 8;
        for (int leaf = 8; leaf <= Math.min(64, rest - 8); leaf++) {
            if (!less(v[from + best - 1], v[from + leaf - 1])) {
                best = leaf;
            }
        }
        return best;
    }

    private static boolean less(long a, long b) {
        return Long.compareUnsigned(a, b) < 0;
    }
}
