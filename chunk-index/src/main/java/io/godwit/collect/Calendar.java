package io.godwit.collect;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Spans of the calendar of which a rule keeps the newest snapshot each. They are those of a place:
/// a day has 23 or 25 hours there twice a year, and the hour that is lived twice is two.
public enum Calendar {
    HOURLY("uuuu-MM-dd HH:00 XXX"),
    DAILY("uuuu-MM-dd"),
    /// From Monday to Sunday, as of ISO 8601.
    WEEKLY("YYYY-'W'ww"),
    MONTHLY("uuuu-MM"),
    YEARLY("uuuu");

    private final DateTimeFormatter name;

    Calendar(String pattern) {
        // The locale of the union has the weeks of ISO 8601.
        name = DateTimeFormatter.ofPattern(pattern, Locale.forLanguageTag("en-150"));
    }

    /// The span that holds a time, by its name: `2026-11-22`, `2026-W47`.
    String spanOf(ZonedDateTime time) {
        return name.format(time);
    }

    /// As in `--keep-daily`.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
