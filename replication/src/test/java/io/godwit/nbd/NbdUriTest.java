package io.godwit.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NbdUriTest {
    @ParameterizedTest
    @CsvSource({
        "nbd://host, host, 10809, ''",
        "nbd://host/, host, 10809, ''",
        "nbd://host:1234/vol, host, 1234, vol",
        "NBD://Host/Vol, Host, 10809, Vol",
        "nbd://[::1]:99/a/b, ::1, 99, a/b",
        "nbd://h//slash, h, 10809, /slash",
        "nbd:///vol, localhost, 10809, vol",
        "nbd://my_host/gr%C3%BCn%20+, my_host, 10809, grün +",
    })
    void readsServersOfTheNetwork(String text, String host, int port, String export) {
        NbdUri uri = NbdUri.parse(text);

        assertThat(uri.server()).isEqualTo(new NbdUri.Server.Tcp(host, port));
        assertThat(uri.export()).isEqualTo(export);
        assertThat(NbdUri.isOne(text)).isTrue();
    }

    @Test
    void readsSockets() {
        NbdUri uri = NbdUri.parse("nbd+unix:///vol?socket=/run/a%20b.sock");

        assertThat(uri.server()).isEqualTo(new NbdUri.Server.Unix(Path.of("/run/a b.sock")));
        assertThat(uri.export()).isEqualTo("vol");
        assertThat(NbdUri.parse("nbd+unix://?socket=s").export()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nbd://user@host/x",
                "nbd://host:0/x",
                "nbd://host:70000/x",
                "nbd://host:port/x",
                "nbd://host/x?socket=/s",
                "nbd://host/x#y",
                "nbd://host/%zz",
                "nbd+unix:///vol",
                "nbd+unix:///vol?socket=",
                "nbd+unix:///vol?socket=/s&more=1",
                "nbd+unix://host/vol?socket=/s",
                "nbd+vsock://1/x",
                "nbds://host/x",
                "nbds+unix:///x?socket=/s",
            })
    void refusesEverythingElse(String text) {
        assertThat(NbdUri.isOne(text)).isTrue();
        assertThatThrownBy(() -> NbdUri.parse(text))
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(FailureKind.INVALID);
                            assertThat(refused.hint()).isPresent();
                        })
                .hasMessageContaining(text);
    }

    @Test
    void refusesNamesThatNoServerTakes() {
        assertThatThrownBy(() -> NbdUri.parse("nbd://h/" + "x".repeat(4097)))
                .hasMessageContaining("longer than 4096 bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dev/nbd0", "nbd", "nbd:x", "./nbd://x", "-"})
    void pathsAreNone(String text) {
        assertThat(NbdUri.isOne(text)).isFalse();
    }
}
