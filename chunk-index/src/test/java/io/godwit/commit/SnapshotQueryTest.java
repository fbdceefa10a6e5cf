package io.godwit.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.volume.VolumeName;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SnapshotQueryTest {
    @ParameterizedTest
    @CsvSource({
        "2026-11-22T10:00Z, 2026-11-22T10:00:00Z",
        "2026-11-22t10:00z, 2026-11-22T10:00:00Z",
        "2026-11-22T10:00:30Z, 2026-11-22T10:00:30Z",
        "2026-11-22T10:00:30.5Z, 2026-11-22T10:00:30.5Z",
        "2026-11-22T10:00:30.123456789Z, 2026-11-22T10:00:30.123456789Z",
        "2026-11-22T10:00+02:00, 2026-11-22T08:00:00Z",
        "2026-11-22T10:00:00-05:30, 2026-11-22T15:30:00Z",
    })
    void readsTimes(String text, String expected) {
        assertThat(SnapshotQuery.time(text)).hasValue(Instant.parse(expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "2026-11-22",
                "2026-11-22T10:00",
                "2026-11-22 10:00Z",
                "2026-11-22T10Z",
                "2026-13-22T10:00Z",
                "2026-02-30T10:00Z",
                "2026-11-22T25:00Z",
                "2026-11-22T10:00:61Z",
                "2026-11-22T10:00:00.Z",
                "2026-11-22T10:00+99:00",
                " 2026-11-22T10:00Z",
            })
    void refusesWhatIsNoTime(String text) {
        assertThat(SnapshotQuery.time(text)).isEmpty();
    }

    @Test
    void readsIds() {
        SnapshotQuery query = SnapshotQuery.parse("0123456789ABCDEF");
        assertThat(query.idPrefix()).isEqualTo("0123456789abcdef");
        assertThat(query.byVolume()).isEmpty();
        assertThat(SnapshotQuery.parse("0123456789abcdef0123456789abcdef0").idPrefix()).isEmpty();
        assertThat(SnapshotQuery.parse("xyz").idPrefix()).isEmpty();
        assertThat(SnapshotQuery.parse("").idPrefix()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "latest:db, db",
        "latest:a:b, a:b",
        "latest:x@2026-11-22T10:00Z, x@2026-11-22T10:00Z"
    })
    void everythingBehindLatestIsTheName(String text, String volume) {
        SnapshotQuery query = SnapshotQuery.parse(text);
        assertThat(query.byVolume()).hasValue(new VolumeName(volume));
        assertThat(query.notAfter()).isEmpty();
        assertThat(query.idPrefix()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "db@2026-11-22T10:00Z, db",
        "a@b@2026-11-22T10:00Z, a@b",
        "me@home, ",
        "@2026-11-22T10:00Z, ",
        "latest:, ",
    })
    void theLastAtSignCounts(String text, String volume) {
        SnapshotQuery query = SnapshotQuery.parse(text);
        if (volume == null) {
            assertThat(query.byVolume()).isEmpty();
        } else {
            assertThat(query.byVolume()).hasValue(new VolumeName(volume));
            assertThat(query.notAfter()).isPresent();
        }
    }
}
