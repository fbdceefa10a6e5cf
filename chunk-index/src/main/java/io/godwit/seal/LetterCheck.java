package io.godwit.seal;

/// Four check letters behind a word: a shortened Reed-Solomon code over GF(16), modulus x^4 + x +
/// 1, whose generator has the roots 2^1 to 2^4 (I. S. Reed and G. Solomon, Polynomial Codes over
/// Certain Finite Fields, 1960).
///
/// Two words of at most 15 letters differ in five places or more, so up to four wrong letters are
/// always noticed.
final class LetterCheck {
    static final int LETTERS = 4;

    private static final int MODULUS = 0b10011;
    private static final int[] GENERATOR = generator();

    private LetterCheck() {}

    /// Writes the check into the last four places.
    static void complete(int[] word) {
        int[] rest = word.clone();
        int length = word.length - LETTERS;
        for (int i = length; i < rest.length; i++) {
            rest[i] = 0;
        }
        for (int i = 0; i < length; i++) {
            int factor = rest[i];
            for (int j = 0; j < GENERATOR.length; j++) {
                rest[i + j] ^= times(factor, GENERATOR[j]);
            }
        }
        System.arraycopy(rest, length, word, length, LETTERS);
    }

    static boolean holds(int[] word) {
        int root = 1;
        for (int i = 0; i < LETTERS; i++) {
            root = times(root, 2);
            int value = 0;
            for (int letter : word) {
                value = times(value, root) ^ letter;
            }
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    /// Highest power first, which is 1.
    private static int[] generator() {
        int[] product = {1};
        int root = 1;
        for (int i = 0; i < LETTERS; i++) {
            root = times(root, 2);
            int[] next = new int[product.length + 1];
            for (int j = 0; j < product.length; j++) {
                next[j] ^= product[j];
                next[j + 1] ^= times(product[j], root);
            }
            product = next;
        }
        return product;
    }

    private static int times(int a, int b) {
        int product = 0;
        int shifted = a;
        for (int rest = b; rest > 0; rest >>= 1) {
            product ^= (rest & 1) * shifted;
            shifted <<= 1;
            shifted ^= (shifted >> 4) * MODULUS;
        }
        return product;
    }
}
