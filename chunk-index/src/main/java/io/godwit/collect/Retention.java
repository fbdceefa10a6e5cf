package io.godwit.collect;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CatalogueView;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which snapshots of a volume to keep. One is kept when any rule wants it, and goes when none
/// does.
///
/// A rule of the calendar keeps the newest snapshot of each of the last N spans that have any: a
/// week without backups costs no day of history. What is younger than the clock allows counts for
/// no rule and is kept: a wrong clock pushes nothing out.
///
/// @param last so many of the newest; 0 for no rule
/// @param calendar for each span how many
/// @param within at most this long before the newest snapshot, whatever the time is now: a volume
///     that is not backed up any more keeps what it has
/// @param tags any of these
/// @param zone whose calendar counts
public record Retention(
        int last,
        Map<Calendar, Integer> calendar,
        Optional<Span> within,
        List<Tag> tags,
        ZoneId zone) {
    /// The tag that protects a snapshot from every rule.
    public static final String KEEP = "keep";

    /// Clocks of two machines differ by this at most.
    private static final Duration SKEW = Duration.ofMinutes(10);

    /// A tag to keep: with any value, or with this one.
    public record Tag(String key, Optional<String> value) {
        boolean isOn(CatalogueEntry entry) {
            String found = entry.tags().get(key);
            return found != null && value.map(found::equals).orElse(true);
        }

        @Override
        public String toString() {
            return key + value.map(text -> "=" + text).orElse("");
        }
    }

    public Retention {
        calendar = Map.copyOf(calendar);
        tags = List.copyOf(tags);
    }

    /// Whether there is any rule: without one, nothing would be kept.
    public boolean isEmpty() {
        return last == 0 && calendar.isEmpty() && within.isEmpty() && tags.isEmpty();
    }

    /// What becomes of a snapshot.
    ///
    /// @param reasons to keep it, for people; none: it goes
    public record Verdict(CatalogueEntry entry, List<String> reasons) {
        public Verdict {
            reasons = List.copyOf(reasons);
        }

        public boolean keeps() {
            return !reasons.isEmpty();
        }
    }

    /// Judges all snapshots of one volume, newest first.
    public List<Verdict> judge(List<CatalogueEntry> volume, Instant now) {
        List<CatalogueEntry> newestFirst = new ArrayList<>(volume);
        newestFirst.sort(Collections.reverseOrder(CatalogueView.BY_AGE));
        Judgement judgement = new Judgement(now);
        return newestFirst.stream().map(judgement::judge).toList();
    }

    /// One volume's, newest first.
    private final class Judgement {
        private final Instant now;
        private final Map<Calendar, String> spans = new EnumMap<>(Calendar.class);
        private final Map<Calendar, Integer> kept = new EnumMap<>(Calendar.class);
        private Optional<ZonedDateTime> oldestWithin = Optional.empty();
        private int seen;

        Judgement(Instant now) {
            this.now = now;
        }

        Verdict judge(CatalogueEntry entry) {
            List<String> reasons = new ArrayList<>();
            protect(entry, reasons);
            if (entry.time().isAfter(now.plus(SKEW))) {
                reasons.add("from the future");
                return new Verdict(entry, reasons);
            }
            ZonedDateTime time = entry.time().atZone(zone);
            if (++seen <= last) {
                reasons.add("last " + seen);
            }
            for (Calendar span : Calendar.values()) {
                judge(span, time, reasons);
            }
            if (oldestWithin.isEmpty()) {
                oldestWithin = within.map(length -> length.before(time));
            }
            if (oldestWithin.isPresent() && !time.isBefore(oldestWithin.get())) {
                reasons.add("within");
            }
            tags.stream().filter(tag -> tag.isOn(entry)).forEach(tag -> reasons.add("tag " + tag));
            return new Verdict(entry, reasons);
        }

        private void protect(CatalogueEntry entry, List<String> reasons) {
            if (entry.tags().containsKey(KEEP)) {
                reasons.add("tag " + KEEP);
            }
            entry.retainUntil()
                    .filter(until -> until.isAfter(now))
                    .ifPresent(until -> reasons.add("retained until " + until));
        }

        private void judge(Calendar span, ZonedDateTime time, List<String> reasons) {
            String name = span.spanOf(time);
            if (name.equals(spans.put(span, name))) {
                return;
            }
            int count = kept.merge(span, 1, Integer::sum);
            if (count <= calendar.getOrDefault(span, 0)) {
                reasons.add(span.text() + " " + name);
            }
        }
    }
}
