package io.godwit.store;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How long a store that can lock objects keeps new ones from being deleted or replaced, by
/// whomever.
///
/// @param time from when an object is put
/// @param compliance nobody at all can shorten it; else who has the right to bypass it can
public record ObjectLock(Duration time, boolean compliance) {
    private static final Pattern FORM =
            Pattern.compile("(?:(governance|compliance):)?([1-9][0-9]{0,5})([smhd])");

    /// A lock that was set by mistake binds for as long as this.
    private static final Duration MOST = Duration.ofDays(36_500);

    public ObjectLock {
        if (time.isNegative() || time.isZero() || time.compareTo(MOST) > 0) {
            throw UrlSyntax.invalid("time of retention is not between 1s and 36500d: " + time);
        }
    }

    /// Reads `30d`, `governance:30d` or `compliance:12h`.
    static Optional<ObjectLock> parse(String text) {
        Matcher found = FORM.matcher(text);
        if (!found.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(found.group(2));
        Duration time =
                switch (found.group(3)) {
                    case "s" -> Duration.ofSeconds(number);
                    case "m" -> Duration.ofMinutes(number);
                    case "h" -> Duration.ofHours(number);
                    case "d" -> Duration.ofDays(number);
                    default -> throw new DateTimeException("no unit: " + text);
                };
        return Optional.of(new ObjectLock(time, "compliance".equals(found.group(1))));
    }

    /// Whether objects of this name are kept: what snapshots consist of. Sessions, plans and what a
    /// collector makes come and go, and keys that were removed must not stay.
    public static boolean covers(ObjectKey key) {
        String name = key.value();
        return name.equals("config")
                || name.startsWith("p/")
                || name.startsWith("m/")
                || name.startsWith("snap/")
                || name.startsWith("ring/");
    }

    @Override
    public String toString() {
        long seconds = time.toSeconds();
        String span =
                seconds % 86_400 == 0
                        ? seconds / 86_400 + "d"
                        : seconds % 3600 == 0
                                ? seconds / 3600 + "h"
                                : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
        return compliance ? "compliance:" + span : span;
    }
}
