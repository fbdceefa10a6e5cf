package io.godwit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ObjectKeyTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "config", "p/ff/0a-1_2.x", "0", "snap-del/a/b", "a..b", "a--"})
    void takesPlainNames(String text) {
        assertThat(new ObjectKey(text).value()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "/", "/a", "a/", "a//b", ".", "..", "a/..", "a/../b", "../a", ".a", "a/.b",
                "-a", "A", "a b", "a\\b", "a\0b", "ä", "a\nb", "a:b", "~a", "a/%2e", "a+b"
            })
    void refusesWhatAnyStoreCouldMisread(String text) {
        assertThatThrownBy(() -> new ObjectKey(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void limitsLengths() {
        String part = "a".repeat(255);
        assertThat(new ObjectKey(part + "/" + part).value()).hasSize(511);
        assertThat(new ObjectKey(part + "/" + part.substring(1) + "/b").value()).hasSize(512);
        assertThatThrownBy(() -> new ObjectKey("a".repeat(256)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ObjectKey(part + "/" + part + "/b"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
