package io.godwit.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.commit.CatalogueEntries;
import io.godwit.commit.CatalogueEntry;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The rules against their definition, read literally and slowly.
final class RetentionProperties {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final List<String> ZONES =
            List.of("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia");

    @Test
    void keepsWhatTheDefinitionSays() {
        for (int seed = 0; seed < 400; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Retention rules = rules(random);
            List<CatalogueEntry> history = history(random);
            Set<Instant> kept =
                    rules.judge(history, NOW).stream()
                            .filter(Retention.Verdict::keeps)
                            .map(verdict -> verdict.entry().time())
                            .collect(Collectors.toSet());
            Set<Instant> expected =
                    history.stream()
                            .map(CatalogueEntry::time)
                            .filter(time -> isWanted(rules, time, history))
                            .collect(Collectors.toSet());
            assertThat(kept).as("seed " + seed).isEqualTo(expected);
        }
    }

    private static Retention rules(SplittableRandom random) {
        Map<Calendar, Integer> calendar = new EnumMap<>(Calendar.class);
        for (Calendar span : Calendar.values()) {
            if (random.nextInt(3) == 0) {
                calendar.put(span, 1 + random.nextInt(8));
            }
        }
        Optional<Span> within =
                random.nextBoolean()
                        ? Optional.empty()
                        : Optional.of(
                                Span.parse(random.nextInt(40) + "d" + random.nextInt(30) + "h"));
        ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
        return new Retention(random.nextInt(4), calendar, within, List.of(), zone);
    }

    /// Distinct times, some of them close together, some about the change of clocks.
    private static List<CatalogueEntry> history(SplittableRandom random) {
        Set<Instant> times = new TreeSet<>();
        Instant time = NOW.minus(random.nextInt(1000), ChronoUnit.HOURS);
        int count = random.nextInt(60);
        int[] steps = {600, 1800, 3600, 40_000, 86_400, 700_000, 9_000_000};
        for (int i = 0; i < count; i++) {
            time = time.minusSeconds(1 + random.nextInt(steps[random.nextInt(steps.length)]));
            times.add(time);
        }
        Instant change = Instant.parse("2026-10-25T01:00:00Z");
        times.add(change.minusSeconds(random.nextInt(7200)));
        times.add(change.plusSeconds(random.nextInt(7200)));
        List<CatalogueEntry> history = new ArrayList<>();
        times.forEach(each -> history.add(CatalogueEntries.at(each)));
        Collections.shuffle(history, new Random(random.nextLong()));
        return history;
    }

    private static boolean isWanted(Retention rules, Instant time, List<CatalogueEntry> history) {
        List<Instant> all = history.stream().map(CatalogueEntry::time).toList();
        long newer = all.stream().filter(other -> other.isAfter(time)).count();
        if (newer < rules.last()) {
            return true;
        }
        Instant newest = all.stream().max(Instant::compareTo).orElseThrow();
        if (rules.within().isPresent()) {
            Span span = rules.within().get();
            ZonedDateTime bound =
                    newest.atZone(rules.zone()).minus(span.period()).minusHours(span.hours());
            if (!time.isBefore(bound.toInstant())) {
                return true;
            }
        }
        return rules.calendar().entrySet().stream()
                .anyMatch(
                        rule -> isWanted(rule.getKey(), rule.getValue(), time, all, rules.zone()));
    }

    /// The newest of its span, of which fewer than `count` younger ones have any.
    private static boolean isWanted(
            Calendar span, int count, Instant time, List<Instant> all, ZoneId zone) {
        String own = key(span, time.atZone(zone));
        boolean newest =
                all.stream()
                        .filter(other -> key(span, other.atZone(zone)).equals(own))
                        .noneMatch(other -> other.isAfter(time));
        long younger =
                all.stream()
                        .filter(other -> other.isAfter(time))
                        .map(other -> key(span, other.atZone(zone)))
                        .filter(other -> !other.equals(own))
                        .distinct()
                        .count();
        return newest && younger < count;
    }

    private static String key(Calendar span, ZonedDateTime time) {
        return switch (span) {
            case HOURLY -> time.truncatedTo(ChronoUnit.HOURS).toInstant().toString();
            case DAILY -> time.toLocalDate().toString();
            case WEEKLY ->
                    time.get(IsoFields.WEEK_BASED_YEAR)
                            + "/"
                            + time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
            case MONTHLY -> time.getYear() + "/" + time.getMonthValue();
            case YEARLY -> Integer.toString(time.getYear());
        };
    }
}
