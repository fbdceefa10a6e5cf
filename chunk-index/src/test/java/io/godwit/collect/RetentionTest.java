package io.godwit.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.commit.CatalogueEntries;
import io.godwit.commit.CatalogueEntry;
import io.godwit.error.GodwitException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RetentionTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final ZoneId UTC = ZoneId.of("UTC");

    private static Retention rules(int last, Map<Calendar, Integer> calendar, ZoneId zone) {
        return new Retention(last, calendar, Optional.empty(), List.of(), zone);
    }

    private static Retention within(String span) {
        return new Retention(0, Map.of(), Optional.of(Span.parse(span)), List.of(), UTC);
    }

    private static CatalogueEntry at(String time, String... tags) {
        return CatalogueEntries.at(Instant.parse(time), tags);
    }

    /// Times of what is kept, newest first.
    private static List<String> kept(Retention rules, CatalogueEntry... entries) {
        return rules.judge(List.of(entries), NOW).stream()
                .filter(Retention.Verdict::keeps)
                .map(verdict -> verdict.entry().time().toString())
                .toList();
    }

    private static List<String> reasons(Retention rules, CatalogueEntry entry) {
        return rules.judge(List.of(entry), NOW).getFirst().reasons();
    }

    @Test
    void theNewestOfADayStandsForIt() {
        assertThat(
                        kept(
                                rules(0, Map.of(Calendar.DAILY, 2), UTC),
                                at("2026-11-20T01:00:00Z"),
                                at("2026-11-20T23:00:00Z"),
                                at("2026-11-21T10:00:00Z"),
                                at("2026-11-19T10:00:00Z")))
                .containsExactly("2026-11-21T10:00:00Z", "2026-11-20T23:00:00Z");
    }

    @Test
    void daysWithoutABackupDoNotCount() {
        assertThat(
                        kept(
                                rules(0, Map.of(Calendar.DAILY, 2), UTC),
                                at("2026-11-21T10:00:00Z"),
                                at("2026-03-01T10:00:00Z"),
                                at("2026-02-01T10:00:00Z")))
                .containsExactly("2026-11-21T10:00:00Z", "2026-03-01T10:00:00Z");
    }

    @Test
    void aDayIsOneOfAPlace() {
        CatalogueEntry evening = at("2026-06-01T21:30:00Z");
        CatalogueEntry midnight = at("2026-06-01T22:30:00Z");
        Map<Calendar, Integer> daily = Map.of(Calendar.DAILY, 5);
        assertThat(kept(rules(0, daily, UTC), evening, midnight)).hasSize(1);
        assertThat(kept(rules(0, daily, BERLIN), evening, midnight)).hasSize(2);
    }

    @Test
    void theHourThatIsLivedTwiceIsTwo() {
        CatalogueEntry summer = at("2026-10-25T00:30:00Z");
        CatalogueEntry winter = at("2026-10-25T01:30:00Z");
        assertThat(kept(rules(0, Map.of(Calendar.HOURLY, 5), BERLIN), summer, winter)).hasSize(2);
        assertThat(kept(rules(0, Map.of(Calendar.DAILY, 5), BERLIN), summer, winter)).hasSize(1);
    }

    @Test
    void weeksAreThoseOfIso() {
        Map<Calendar, Integer> weekly = Map.of(Calendar.WEEKLY, 9);
        assertThat(reasons(rules(0, weekly, UTC), at("2026-01-01T00:00:00Z")))
                .containsExactly("weekly 2026-W01");
        assertThat(reasons(rules(0, weekly, UTC), at("2024-12-30T00:00:00Z")))
                .containsExactly("weekly 2025-W01");
        CatalogueEntry sunday = at("2026-11-15T23:00:00Z");
        CatalogueEntry monday = at("2026-11-16T01:00:00Z");
        assertThat(kept(rules(0, weekly, UTC), sunday, monday)).hasSize(2);
    }

    @Test
    void aSpanEndsBehindTheNewestSnapshotNotBehindNow() {
        CatalogueEntry newest = at("2026-01-31T10:00:00Z");
        CatalogueEntry near = at("2025-12-31T11:00:00Z");
        CatalogueEntry far = at("2025-12-31T09:00:00Z");
        assertThat(kept(within("1m"), far, near, newest))
                .containsExactly("2026-01-31T10:00:00Z", "2025-12-31T11:00:00Z");
        assertThat(kept(within("31d"), far, near, newest)).hasSize(2);
        assertThat(kept(within("31d2h"), far, near, newest)).hasSize(3);
    }

    /// Backups on a timer are apart by exactly what people ask for.
    @Test
    void aSpanHoldsWhatIsExactlyAsOld() {
        CatalogueEntry newest = at("2026-01-31T10:00:00Z");
        CatalogueEntry week = at("2026-01-24T10:00:00Z");
        assertThat(kept(within("7d"), week, newest)).hasSize(2);
        assertThat(kept(within("0d"), week, newest)).containsExactly("2026-01-31T10:00:00Z");
    }

    @Test
    void aWrongClockPushesNothingOut() {
        CatalogueEntry wrong = at("2031-01-01T00:00:00Z");
        CatalogueEntry good = at("2026-11-21T00:00:00Z");
        assertThat(kept(rules(1, Map.of(), UTC), wrong, good)).hasSize(2);
        assertThat(reasons(rules(1, Map.of(), UTC), wrong)).containsExactly("from the future");
        assertThat(kept(within("2d"), wrong, good)).hasSize(2);
    }

    @Test
    void protectedOnesStay() {
        CatalogueEntry tagged = at("2020-01-01T00:00:00Z", "keep", "");
        CatalogueEntry other = at("2020-01-01T00:00:01Z", "app", "shop");
        assertThat(kept(rules(0, Map.of(), UTC), tagged, other))
                .containsExactly("2020-01-01T00:00:00Z");
        Retention.Tag shop = new Retention.Tag("app", Optional.of("shop"));
        Retention.Tag mail = new Retention.Tag("app", Optional.of("mail"));
        Retention.Tag app = new Retention.Tag("app", Optional.empty());
        assertThat(reasons(tags(shop), other)).containsExactly("tag app=shop");
        assertThat(reasons(tags(app), other)).containsExactly("tag app");
        assertThat(reasons(tags(mail), other)).isEmpty();
        CatalogueEntry locked = CatalogueEntries.retained(other, NOW.plusSeconds(1));
        assertThat(reasons(rules(0, Map.of(), UTC), locked))
                .containsExactly("retained until 2026-11-22T12:00:01Z");
        assertThat(reasons(rules(0, Map.of(), UTC), CatalogueEntries.retained(other, NOW)))
                .isEmpty();
    }

    private static Retention tags(Retention.Tag tag) {
        return new Retention(0, Map.of(), Optional.empty(), List.of(tag), UTC);
    }

    @Test
    void everyRuleThatWantsOneIsNamed() {
        Retention rules =
                rules(1, Map.of(Calendar.HOURLY, 1, Calendar.MONTHLY, 1, Calendar.YEARLY, 1), UTC);
        assertThat(reasons(rules, at("2026-11-22T10:30:00Z")))
                .containsExactly(
                        "last 1", "hourly 2026-11-22 10:00 Z", "monthly 2026-11", "yearly 2026");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "d", "5", "-1d", "1d1y", "99999y", "1.5d", "14 d"})
    void lengthsOfTimeThatAreNone(String text) {
        assertThatThrownBy(() -> Span.parse(text))
                .isInstanceOf(GodwitException.class)
                .hasMessageContaining("not understood: " + text);
    }
}
