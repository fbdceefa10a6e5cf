package io.godwit.error;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds the word that somebody meant.
public final class Nearest {
    /// A third of the letters may be wrong.
    private static final int LETTERS_PER_MISTAKE = 3;

    private Nearest() {}

    public static Optional<String> to(String typed, Collection<String> known) {
        return known.stream()
                .filter(word -> isNear(typed, word))
                .min(Comparator.comparingInt(word -> distance(typed, word)));
    }

    private static boolean isNear(String typed, String word) {
        boolean started = typed.length() >= 2 && word.startsWith(typed);
        int allowed = Math.max(1, word.length() / LETTERS_PER_MISTAKE);
        return started || distance(typed, word) <= allowed;
    }

    /// Letters to insert, leave out, exchange, or swap with their neighbour (optimal string
    /// alignment).
    static int distance(String one, String other) {
        int[][] cost = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int exchanged = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
                int least = Math.min(cost[i - 1][j], cost[i][j - 1]) + 1;
                least = Math.min(least, cost[i - 1][j - 1] + exchanged);
                boolean swapped =
                        i > 1
                                && j > 1
                                && one.charAt(i - 1) == other.charAt(j - 2)
                                && one.charAt(i - 2) == other.charAt(j - 1);
                cost[i][j] = swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
            }
        }
        return cost[one.length()][other.length()];
    }
}
