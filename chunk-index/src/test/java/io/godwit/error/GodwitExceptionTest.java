package io.godwit.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class GodwitExceptionTest {
    @Test
    void carriesItsFactsForPrograms() {
        GodwitException failure =
                new GodwitException(FailureKind.CORRUPT, "pack footer checksum mismatch: pack=ab12")
                        .withObject("packs/ab12")
                        .withOffset(4096)
                        .withHint("run godwit verify");

        assertThat(failure.kind()).isEqualTo(FailureKind.CORRUPT);
        assertThat(failure.object()).contains("packs/ab12");
        assertThat(failure.offset()).hasValue(4096);
        assertThat(failure.hint()).contains("run godwit verify");
    }

    @Test
    void saysNothingItWasNotTold() {
        IOException cause = new IOException("no route");
        GodwitException failure =
                new GodwitException(FailureKind.UNAVAILABLE, "store is away", cause);

        assertThat(failure).hasCause(cause);
        assertThat(failure.object()).isEmpty();
        assertThat(failure.offset()).isEmpty();
        assertThat(failure.hint()).isEmpty();
    }

    @Test
    void refusesAnOffsetBeforeTheStart() {
        GodwitException failure = new GodwitException(FailureKind.CORRUPT, "torn");
        assertThatThrownBy(() -> failure.withOffset(-1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keepsTheExitCodesThatScriptsRelyOn() {
        Map<String, Integer> codes =
                Stream.of(FailureKind.values())
                        .collect(Collectors.toMap(FailureKind::name, FailureKind::exitCode));

        assertThat(codes)
                .isEqualTo(
                        Map.of(
                                "INTERNAL", 1,
                                "INVALID", 2,
                                "PARTIAL", 3,
                                "NOT_FOUND", 4,
                                "CORRUPT", 5,
                                "FENCED", 6,
                                "DENIED", 7,
                                "UNAVAILABLE", 8,
                                "INDETERMINATE", 8,
                                "INTERRUPTED", 130));
    }
}
