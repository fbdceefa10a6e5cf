package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.GodwitException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "4096, 4096",
        "512B, 512",
        "10M, 10485760",
        "10m, 10485760",
        "400MiB, 419430400",
        "10MB, 10000000",
        "1.5GiB, 1610612736",
        "2T, 2199023255552",
        "7EiB, 8070450532247928832"
    })
    void reads(String text, long bytes) {
        assertThat(ByteSize.parse("--memory", text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "M", "-1", "1 M", "1Q", "1iB", "1.2.3", "0x10", "8EiB", "1e3", "٣"})
    void refuses(String text) {
        assertThatThrownBy(() -> ByteSize.parse("--memory", text))
                .isInstanceOf(GodwitException.class)
                .hasMessageEndingWith("--memory=" + text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1.00 KiB",
        "10239, 10.0 KiB",
        "1048575, 1.00 MiB",
        "104857600, 100 MiB",
        "9223372036854775807, 8.00 EiB"
    })
    void writes(long bytes, String text) {
        assertThat(ByteSize.text(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"20MiB, 20971520", "20MiB/s, 20971520"})
    void readsRates(String text, long bytes) {
        assertThat(ByteSize.parseRate("--limit-read", text)).isEqualTo(bytes);
    }
}
