package io.godwit.commit;

import io.godwit.error.GodwitException;
import io.godwit.volume.VolumeName;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a person calls a snapshot: an id or the start of one; `latest:VOLUME`; `VOLUME@TIME`.
///
/// An id comes first, whatever volumes are called. Everything behind `latest:` is the name; of a
/// name with several `@` the last one that is followed by a time counts. Only where that finds
/// nothing, `latest:x@TIME` is taken for volume `latest:x`: nobody else could name its snapshots by
/// their time.
///
/// @param idPrefix lower-case digits when the text may be (the start of) an id, else ""
/// @param byVolume the volume when the text has one of the other forms
/// @param notAfter the time of `VOLUME@TIME`
record SnapshotQuery(
        String text, String idPrefix, Optional<VolumeName> byVolume, Optional<Instant> notAfter) {
    static final String FORMS =
            "give an id or its first digits, latest:VOLUME or VOLUME@2026-11-22T10:00Z; "
                    + "list them with: godwit snapshots";

    private static final String LATEST = "latest:";

    /// RFC 3339, in which seconds may be left out.
    private static final Pattern TIME =
            Pattern.compile(
                    "(\\d{4}-\\d{2}-\\d{2})[Tt](\\d{2}:\\d{2})(:\\d{2}(?:\\.\\d{1,9})?)?([Zz]|[+-]\\d{2}:\\d{2})");

    static SnapshotQuery parse(String text) {
        String prefix = idPrefix(text);
        if (text.startsWith(LATEST)) {
            return new SnapshotQuery(
                    text, prefix, volume(text.substring(LATEST.length())), Optional.empty());
        }
        return byTime(text, prefix);
    }

    private static SnapshotQuery byTime(String text, String prefix) {
        int at = text.lastIndexOf('@');
        Optional<Instant> time = at < 1 ? Optional.empty() : time(text.substring(at + 1));
        return new SnapshotQuery(
                text, prefix, time.flatMap(_ -> volume(text.substring(0, at))), time);
    }

    /// What the text means when there is no snapshot of the volume behind `latest:`.
    Optional<SnapshotQuery> otherwise() {
        return text.startsWith(LATEST)
                ? Optional.of(byTime(text, "")).filter(query -> query.byVolume().isPresent())
                : Optional.empty();
    }

    private static String idPrefix(String text) {
        String digits = text.toLowerCase(Locale.ROOT);
        boolean hex =
                !digits.isEmpty()
                        && digits.length() <= SnapshotId.DIGITS
                        && Hex.lowerCase(digits, 0, digits.length());
        return hex ? digits : "";
    }

    private static Optional<VolumeName> volume(String name) {
        try {
            return Optional.of(new VolumeName(name));
        } catch (GodwitException e) {
            return Optional.empty();
        }
    }

    static Optional<Instant> time(String text) {
        Matcher matcher = TIME.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String seconds = matcher.group(3) == null ? ":00" : matcher.group(3);
        String complete =
                "%sT%s%s%s"
                        .formatted(
                                matcher.group(1),
                                matcher.group(2),
                                seconds,
                                matcher.group(4).toUpperCase(Locale.ROOT));
        try {
            return Optional.of(OffsetDateTime.parse(complete).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
