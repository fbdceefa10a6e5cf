package io.godwit.cli;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Sizes as people write and read them: `400MiB`, `10M`, `1.5 GiB`.
final class ByteSize {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final String LETTERS = "KMGTPE";
    private static final Pattern FORM =
            Pattern.compile(
                    "(\\d{1,18}(?:\\.\\d{1,9})?)(?:([KMGTPE])(i?B)?|B)?", Pattern.CASE_INSENSITIVE);
    private static final BigDecimal MAX = BigDecimal.valueOf(Long.MAX_VALUE);

    private ByteSize() {}

    /// Reads `4096`, `512K`, `10M`, `400MiB` (1024 each) or `10MB` (1000 each).
    ///
    /// @param what the option, for the refusal
    static long parse(String what, String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw invalid("size not understood: %s=%s".formatted(what, text));
        }
        String suffix = form.group(3);
        boolean decimal = suffix != null && suffix.length() == 1;
        int power =
                form.group(2) == null
                        ? 0
                        : LETTERS.indexOf(form.group(2).toUpperCase(Locale.ROOT)) + 1;
        BigDecimal bytes =
                new BigDecimal(form.group(1))
                        .multiply(BigDecimal.valueOf(decimal ? 1000 : 1024).pow(power));
        if (bytes.compareTo(MAX) > 0) {
            throw invalid("size too large: %s=%s".formatted(what, text));
        }
        return bytes.longValue();
    }

    /// Reads a rate: a size, with or without `/s`.
    static long parseRate(String what, String text) {
        String size = text.endsWith("/s") ? text.substring(0, text.length() - 2) : text;
        long rate = parse(what, size);
        if (rate == 0) {
            throw invalid("rate is zero: %s=%s".formatted(what, text));
        }
        return rate;
    }

    /// Three digits and a unit.
    static String text(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1023.5 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        if (unit == 0) {
            return bytes + " B";
        }
        int digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
        return String.format(Locale.ROOT, "%." + digits + "f %s", value, UNITS[unit]);
    }

    private static GodwitException invalid(String message) {
        return new GodwitException(FailureKind.INVALID, message)
                .withHint("write it as 400MiB, 10M or 4096");
    }
}
