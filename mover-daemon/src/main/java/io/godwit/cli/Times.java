package io.godwit.cli;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Times and durations as people read them.
final class Times {
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final int MINUTE_SECONDS = 60;

    private Times() {}

    static String text(Instant time) {
        return MINUTE.format(time);
    }

    static String text(double seconds) {
        if (seconds < MINUTE_SECONDS) {
            return String.format(Locale.ROOT, seconds < 10 ? "%.2f s" : "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        return "%d min %d s".formatted(whole / MINUTE_SECONDS, whole % MINUTE_SECONDS);
    }
}
