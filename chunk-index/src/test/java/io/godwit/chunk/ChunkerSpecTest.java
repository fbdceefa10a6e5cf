package io.godwit.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.digest.DigestKey;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkerSpecTest {
    @ParameterizedTest
    @CsvSource({
        "leaf, leaf, 4096",
        "gear, gear:64KiB, 1",
        "gear:1MiB, gear:1MiB, 1",
        "gear:1024KiB, gear:1MiB, 1",
        "gear:5120, gear:5KiB, 1",
        "fixed, fixed:64KiB, 4096",
        "fixed:65536B, fixed:64KiB, 4096",
        "fixed:4MiB, fixed:4MiB, 4096",
    })
    void readsAndWritesItsText(String text, String canonical, int grain) {
        ChunkerSpec spec = ChunkerSpec.parse(text);
        assertThat(spec.text()).isEqualTo(canonical);
        assertThat(ChunkerSpec.parse(canonical)).isEqualTo(spec);
        assertThat(spec.grain()).isEqualTo(grain);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Leaf",
                "leaf:64KiB",
                "gear:",
                "gear:KiB",
                "gear:64kb",
                "gear:-1",
                "gear:1KiB",
                "gear:4MiB",
                "gear:5000",
                "fixed:4095",
                "fixed:6KiB",
                "fixed:32MiB",
                "fixed:99999999999999999999",
                "fixed:64KiB:1",
                "rabin"
            })
    void refusesNonsense(String text) {
        assertThatThrownBy(() -> ChunkerSpec.parse(text))
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> assertThat(e.kind()).isEqualTo(FailureKind.INVALID));
    }

    @Test
    void namesItsChunker() {
        DigestKey key = DigestKey.of(new byte[32]);
        assertThat(Chunkers.create(ChunkerSpec.parse("leaf"), key)).isInstanceOf(LeafChunker.class);
        assertThat(Chunkers.create(ChunkerSpec.parse("gear"), key)).isInstanceOf(GearChunker.class);
        assertThat(Chunkers.create(ChunkerSpec.parse("fixed"), key))
                .isInstanceOf(FixedChunker.class);
    }
}
