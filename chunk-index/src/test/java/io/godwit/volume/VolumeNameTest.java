package io.godwit.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VolumeNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"db", "ns/claim@eu", "Daten Träger", "卷", "a:b@c", " "})
    void acceptsWhatPeopleWrite(String name) {
        assertThat(new VolumeName(name).toString()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb", "a\u0000", "\u007f", "\u0085", "\ud800"})
    void refusesWhatIsNoName(String name) {
        assertThatThrownBy(() -> new VolumeName(name))
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> assertThat(e.kind()).isEqualTo(FailureKind.INVALID));
    }

    @Test
    void countsBytesNotLetters() {
        assertThat(new VolumeName("ä".repeat(512)).utf8()).hasSize(1024);
        assertThatThrownBy(() -> new VolumeName("ä".repeat(512) + "a"))
                .hasMessageContaining("bytes=1025");
    }
}
