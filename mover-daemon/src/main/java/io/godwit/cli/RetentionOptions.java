package io.godwit.cli;

import io.godwit.collect.Calendar;
import io.godwit.collect.Retention;
import io.godwit.collect.Span;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The rules of `godwit forget`, as they are typed.
final class RetentionOptions {
    @Option(names = "--keep-last", paramLabel = "N", description = "The newest N.")
    @Nullable Integer last;

    @Option(
            names = "--keep-hourly",
            paramLabel = "N",
            description = "The newest of each of the last N hours that have any.")
    @Nullable Integer hourly;

    @Option(names = "--keep-daily", paramLabel = "N", description = "The same for days.")
    @Nullable Integer daily;

    @Option(names = "--keep-weekly", paramLabel = "N", description = "For weeks, from Monday.")
    @Nullable Integer weekly;

    @Option(names = "--keep-monthly", paramLabel = "N", description = "For months.")
    @Nullable Integer monthly;

    @Option(names = "--keep-yearly", paramLabel = "N", description = "For years.")
    @Nullable Integer yearly;

    @Option(
            names = "--keep-within",
            paramLabel = "SPAN",
            description =
                    "All that are at most so much older than the volume's newest: 36h, 14d, 2w,"
                            + " 6m, 1y.")
    @Nullable String within;

    @Option(
            names = "--keep-tag",
            paramLabel = "K[=V]",
            description = "All with this tag; repeatable. Those with the tag `keep` always stay.")
    List<String> tags = List.of();

    @Option(
            names = "--timezone",
            paramLabel = "ZONE",
            description = "Whose days, weeks and months, as Europe/Berlin (UTC).")
    @Nullable String timezone;

    Retention rules() {
        Map<Calendar, Integer> calendar = new EnumMap<>(Calendar.class);
        put(calendar, Calendar.HOURLY, hourly);
        put(calendar, Calendar.DAILY, daily);
        put(calendar, Calendar.WEEKLY, weekly);
        put(calendar, Calendar.MONTHLY, monthly);
        put(calendar, Calendar.YEARLY, yearly);
        return new Retention(
                Arguments.atLeast(0, "--keep-last", last, 0),
                calendar,
                Optional.ofNullable(within).map(Span::parse),
                tags.stream().map(RetentionOptions::tag).toList(),
                zone());
    }

    private static void put(Map<Calendar, Integer> calendar, Calendar span, @Nullable Integer n) {
        int count = Arguments.atLeast(0, "--keep-" + span.text(), n, 0);
        if (count > 0) {
            calendar.put(span, count);
        }
    }

    private static Retention.Tag tag(String text) {
        int equals = text.indexOf('=');
        if (text.isEmpty() || equals == 0) {
            throw Arguments.invalid(
                    "tag not understood: --keep-tag=" + text, "write it as KEY or KEY=VALUE");
        }
        return equals < 0
                ? new Retention.Tag(text, Optional.empty())
                : new Retention.Tag(
                        text.substring(0, equals), Optional.of(text.substring(equals + 1)));
    }

    private ZoneId zone() {
        String name = timezone == null ? "UTC" : timezone;
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw Arguments.invalid(
                    "no such time zone: --timezone=" + name, "write it as Europe/Berlin or UTC");
        }
    }
}
