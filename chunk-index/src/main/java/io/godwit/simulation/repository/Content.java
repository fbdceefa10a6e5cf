package io.godwit.simulation.repository;

import io.godwit.simulation.Dice;
import io.godwit.volume.Regions;
import java.util.Arrays;

/// What a volume holds: a letter for each of its leaves, 0 for zeros. Leaves lie at the start of one
/// region or two; the rest of a first region is a hole.
final class Content {
    static final int FIRST_LEAVES = 12;
    static final int SECOND_LEAVES = 8;

    /// Chunks are cut at multiples of so many leaves.
    static final int PIECE = 4;

    /// So few that volumes have much in common.
    private static final int LETTERS = 16;

    private static final byte[][] LEAVES = leaves();

    /// Letters of the first region, and of the second: none when the volume is that short.
    private final int[] first;

    private final int[] second;

    private Content(int[] first, int[] second) {
        this.first = first;
        this.second = second;
    }

    private static byte[][] leaves() {
        byte[][] leaves = new byte[256][];
        for (int letter = 0; letter < leaves.length; letter++) {
            byte[] leaf = new byte[Regions.LEAF_BYTES];
            long state = letter;
            for (int i = 0; i < leaf.length && letter > 0; i++) {
                state = state * 6364136223846793005L + 1442695040888963407L;
                leaf[i] = (byte) (i % 4 == 0 ? state >>> 56 : letter);
            }
            leaves[letter] = leaf;
        }
        return leaves;
    }

    static Content draw(Dice dice, boolean twoRegions) {
        Content content =
                new Content(new int[FIRST_LEAVES], new int[twoRegions ? SECOND_LEAVES : 0]);
        for (int[] letters : new int[][] {content.first, content.second}) {
            for (int at = 0; at < letters.length; at += PIECE) {
                int letter = dice.below(LETTERS);
                Arrays.fill(letters, at, at + PIECE, letter);
            }
        }
        return content;
    }

    /// The volume some writes later.
    Content changed(Dice dice) {
        Content next = new Content(first.clone(), second.clone());
        for (int write = dice.below(5); write >= 0; write--) {
            int[] letters = second.length > 0 && dice.chance(0.4) ? next.second : next.first;
            if (dice.chance(0.6)) {
                int at = dice.below(letters.length / PIECE) * PIECE;
                Arrays.fill(letters, at, at + PIECE, dice.below(LETTERS));
            } else {
                letters[dice.below(letters.length)] = dice.below(LETTERS);
            }
        }
        return next;
    }

    int regions() {
        return second.length == 0 ? 1 : 2;
    }

    long volumeBytes() {
        return second.length == 0
                ? (long) FIRST_LEAVES * Regions.LEAF_BYTES
                : Regions.REGION_BYTES + (long) SECOND_LEAVES * Regions.LEAF_BYTES;
    }

    int[] letters(long region) {
        return region == 0 ? first : second;
    }

    static byte[] leaf(int letter) {
        return LEAVES[letter];
    }

    boolean sameSizeAs(Content other) {
        return second.length == other.second.length;
    }
}
