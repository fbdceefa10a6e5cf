package io.godwit.commit;

import java.util.HexFormat;

/// Numbers in names: 16 lower-case digits, always.
final class Hex {
    static final int DIGITS = 16;

    private static final HexFormat FORMAT = HexFormat.of();

    private Hex() {}

    static String digits(long value) {
        return FORMAT.toHexDigits(value);
    }

    /// Reads 16 lower-case digits that start at `from`.
    ///
    /// @throws IllegalArgumentException when there are none
    static long parseLong(String text, int from) {
        int end = from + DIGITS;
        if (text.length() < end || !lowerCase(text, from, end)) {
            throw new IllegalArgumentException("not 16 hexadecimal digits: " + text);
        }
        return HexFormat.fromHexDigitsToLong(text, from, end);
    }

    static boolean lowerCase(String text, int from, int end) {
        for (int i = from; i < end; i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }
}
