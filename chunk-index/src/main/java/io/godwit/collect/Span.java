package io.godwit.collect;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.time.Period;
import java.time.ZonedDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A length of time as people give it: `36h`, `14d`, `2w`, `6m` months, `1y6m`.
///
/// @param period days and longer, by the calendar of a place
/// @param hours whole ones
public record Span(Period period, int hours) {
    private static final Pattern TEXT =
            Pattern.compile(
                    "(?:(\\d{1,4})y)?(?:(\\d{1,4})m)?(?:(\\d{1,4})w)?(?:(\\d{1,5})d)?(?:(\\d{1,6})h)?");
    private static final int YEARS = 1;
    private static final int MONTHS = 2;
    private static final int WEEKS = 3;
    private static final int DAYS = 4;
    private static final int HOURS = 5;
    private static final int WEEK_DAYS = 7;

    /// Reads one.
    ///
    /// @throws GodwitException `INVALID`
    public static Span parse(String text) {
        Matcher found = TEXT.matcher(text);
        if (text.isEmpty() || !found.matches()) {
            throw new GodwitException(FailureKind.INVALID, "length of time not understood: " + text)
                    .withHint("write it as 36h, 14d, 2w, 6m (months) or 1y6m");
        }
        Period period =
                Period.of(
                        number(found, YEARS),
                        number(found, MONTHS),
                        WEEK_DAYS * number(found, WEEKS) + number(found, DAYS));
        return new Span(period, number(found, HOURS));
    }

    private static int number(Matcher found, int group) {
        String digits = found.group(group);
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    ZonedDateTime before(ZonedDateTime time) {
        return time.minus(period).minusHours(hours);
    }
}
