package io.godwit.cli;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads values of options, and refuses them in one sentence.
final class Arguments {
    private static final double ALL = 100;

    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})([smh])");

    private Arguments() {}

    /// A number that has a least value.
    static int atLeast(int least, String option, @Nullable Integer given, int otherwise) {
        if (given == null) {
            return otherwise;
        }
        if (given < least) {
            throw invalid("%s is too small: %d".formatted(option, given), "give at least " + least);
        }
        return given;
    }

    /// An offset or a length.
    static long bytes(String option, @Nullable String given, long otherwise) {
        return given == null ? otherwise : ByteSize.parse(option, given);
    }

    /// A time as of RFC 3339.
    static Instant time(String option, String given) {
        try {
            return OffsetDateTime.parse(given).toInstant();
        } catch (DateTimeParseException e) {
            throw invalid(
                    "time not understood: %s=%s".formatted(option, given),
                    "write it as 2026-11-22T10:00:00Z");
        }
    }

    /// A whole number of seconds, minutes or hours.
    static Duration duration(String option, @Nullable String given, Duration otherwise) {
        if (given == null) {
            return otherwise;
        }
        Matcher found = DURATION.matcher(given);
        if (!found.matches()) {
            throw invalid(
                    "time not understood: %s=%s".formatted(option, given),
                    "write it as 90s, 10m or 1h");
        }
        long number = Long.parseLong(found.group(1));
        return switch (found.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    static Map<String, String> tags(@Nullable List<String> given) {
        Map<String, String> tags = new TreeMap<>();
        for (String tag : given == null ? List.<String>of() : given) {
            int equals = tag.indexOf('=');
            if (equals < 1) {
                throw invalid("tag not understood: " + tag, "write it as --tag key=value");
            }
            if (tags.put(tag.substring(0, equals), tag.substring(equals + 1)) != null) {
                throw invalid("tag given twice: " + tag, "give each key once");
            }
        }
        return tags;
    }

    static GodwitException invalid(String message, String hint) {
        return new GodwitException(FailureKind.INVALID, message).withHint(hint);
    }

    /// A part in percent, with its sign or without.
    static double percent(String option, String text, boolean zero) {
        String number = text.endsWith("%") ? text.substring(0, text.length() - 1) : text;
        try {
            double percent = Double.parseDouble(number);
            if (percent <= ALL && (percent > 0 || zero && percent == 0)) {
                return percent;
            }
        } catch (NumberFormatException e) {
            // Refused below.
        }
        throw invalid(
                "part of the data not understood: %s=%s".formatted(option, text),
                "give a percentage %s and up to 100, as %s=5%%"
                        .formatted(zero ? "from 0" : "above 0", option));
    }
}
