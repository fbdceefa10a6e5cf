package io.godwit.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.commit.ScriptedStore.Op;
import io.godwit.error.FailureKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What people call snapshots, and which one is meant.
final class SnapshotNamesTest extends CatalogueFixture {
    @Test
    void resolvesIdsAndPrefixes() {
        CatalogueEntry entry = chain("db", 3).get(1);
        String id = entry.snapshot().toString();
        assertThat(catalogue.resolve(id)).isEqualTo(entry);
        assertThat(catalogue.resolve(id.substring(0, 8))).isEqualTo(entry);
        assertThat(catalogue.resolve(id.substring(0, 8).toUpperCase(java.util.Locale.ROOT)))
                .isEqualTo(entry);
    }

    @Test
    void resolvingAnIdFetchesOnlyWhatMatches() {
        CatalogueEntry entry = chain("db", 30).get(7);
        assertThat(catalogue.resolve(entry.snapshot().toString())).isEqualTo(entry);
        assertThat(store.count(Op.GET, ".*")).isEqualTo(1);
        assertThat(repository.warned()).isEmpty();
    }

    @Test
    void resolvesAnIdThatIsNotPublished() {
        CatalogueEntry entry = others.backup("db");
        memory.delete(collector.snapshot(entry));
        repository.readOnly();
        assertThat(catalogue.resolve(entry.snapshot().toString())).isEqualTo(entry);
    }

    @Test
    void refusesAnAmbiguousPrefix() {
        chain("db", 40);
        assertThatThrownBy(
                        () -> {
                            for (int digit = 0; digit < 16; digit++) {
                                catalogue.resolve(Integer.toHexString(digit));
                            }
                        })
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.INVALID))
                .satisfies(e -> assertThat(hint(e)).startsWith("give more digits"));
    }

    @Test
    void anIdComesBeforeAVolume() {
        CatalogueEntry entry = others.backup("db");
        String prefix = entry.snapshot().toString().substring(0, 6);
        others.backup(prefix);
        assertThat(catalogue.resolve(prefix)).isEqualTo(entry);
        assertThat(catalogue.resolve("latest:" + prefix).volume().value()).isEqualTo(prefix);
    }

    @Test
    void resolvesTheLatest() {
        List<CatalogueEntry> db = chain("db", 3);
        assertThat(catalogue.resolve("latest:db")).isEqualTo(db.getLast());
        assertThat(store.count(Op.GET, "snap/.*")).isEqualTo(3);
    }

    @Test
    void theLatestIsNotFromTheFarFuture() {
        CatalogueEntry now = others.backup("db");
        Instant ahead = TestRepository.START.plus(Duration.ofDays(2));
        CatalogueEntry future = commit(e -> Entries.counted(Entries.at(e, ahead), 2));
        CatalogueEntry near =
                commit(
                        e ->
                                Entries.counted(
                                        Entries.at(e, TestRepository.START.plusSeconds(3600)), 3));
        assertThat(catalogue.resolve("latest:db")).isEqualTo(near);
        assertThat(catalogue.resolve("db@2030-01-01T00:00Z")).isEqualTo(future);
        assertThat(catalogue.resolve("db@2026-11-22T10:00:00Z")).isEqualTo(now);
    }

    @Test
    void resolvesTimes() {
        List<CatalogueEntry> db = chain("db", 3);
        assertThat(catalogue.resolve("db@2026-11-22T10:00Z")).isEqualTo(db.get(0));
        assertThat(catalogue.resolve("db@2026-11-22T10:00:01Z")).isEqualTo(db.get(1));
        assertThat(catalogue.resolve("db@2026-11-22T10:00:01.999Z")).isEqualTo(db.get(1));
        assertThat(catalogue.resolve("db@2026-11-22T12:00+01:00")).isEqualTo(db.get(2));
    }

    @Test
    void resolvesVolumesWithAtSigns() {
        CatalogueEntry entry = others.backup("a@b");
        assertThat(catalogue.resolve("a@b@2026-11-22T10:00Z")).isEqualTo(entry);
        assertThat(catalogue.resolve("latest:a@b")).isEqualTo(entry);
    }

    @Test
    void ofEqualTimesTheLargerCounterIsNewer() {
        CatalogueEntry second = commit(e -> Entries.counted(e, 2));
        CatalogueEntry first = commit(e -> Entries.counted(e, 1));
        assertThat(first.time()).isEqualTo(second.time());
        assertThat(catalogue.resolve("latest:db")).isEqualTo(second);
    }

    @Test
    void hintsAtWhatCouldBeMeant() {
        List<CatalogueEntry> db = chain("db", 2);
        assertHint("latest:nothing", "volume nothing has no snapshot");
        assertHint("db@2020-01-01T00:00Z", "the oldest snapshot of volume db is of 2026-11-22");
        assertHint("db", "latest:VOLUME");
        assertHint("db@yesterday", "VOLUME@2026-11-22T10:00Z");
        assertHint("ffffffffffff", "godwit snapshots");
        forget(db.getFirst());
        assertHint(db.getFirst().snapshot().toString().substring(0, 10), "it was forgotten");
    }

    private void assertHint(String text, String hint) {
        assertThatThrownBy(() -> catalogue.resolve(text))
                .as(text)
                .hasMessage("no such snapshot: " + text)
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.NOT_FOUND))
                .satisfies(e -> assertThat(hint(e)).contains(hint));
    }
}
