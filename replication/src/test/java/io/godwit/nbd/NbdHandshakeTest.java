package io.godwit.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What is agreed on with servers of all ages, and what is said of those with whom nothing can be.
@Timeout(60)
final class NbdHandshakeTest {
    static final NbdPatience SHORT =
            new NbdPatience(
                    Duration.ofSeconds(5),
                    Duration.ofMillis(400),
                    3,
                    Duration.ofMillis(1),
                    Duration.ofMillis(2));

    private NbdTestServer server;

    @BeforeEach
    void start() throws IOException {
        server = new NbdTestServer(new byte[10_000]);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private NbdExport export() {
        try (NbdClient client = NbdClient.open(NbdUri.parse(server.uri()), SHORT)) {
            return client.export();
        }
    }

    private static void assertRefused(
            ThrowableAssert.ThrowingCallable call, FailureKind kind, String words) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GodwitException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(words);
    }

    @Test
    void agreesOnEverythingAServerHas() {
        server.multiConn = true;
        server.minBlock = 512;
        server.maxBlock = 100_000;

        NbdExport export = export();

        assertThat(export.sizeBytes()).isEqualTo(10_000);
        assertThat(export.minBlockBytes()).isEqualTo(512);
        assertThat(export.maxPayloadBytes()).isEqualTo(100_000 / 512 * 512);
        assertThat(export.multiConn()).isTrue();
        assertThat(export.structuredReplies()).isTrue();
        assertThat(export.allocationContext()).hasValue(NbdTestServer.CONTEXT);
        assertThat(server.connections).hasValue(4);
    }

    @Test
    void doesWithoutWhatAServerHasNot() {
        server.structured = false;

        NbdExport export = export();

        assertThat(export.structuredReplies()).isFalse();
        assertThat(export.allocationContext()).isEmpty();
        assertThat(server.connections).hasValue(1);
    }

    @Test
    void asksInTheOldWayWhereGoIsUnknown() {
        server.knowsGo = false;

        assertThat(export().sizeBytes()).isEqualTo(10_000);
        assertThat(export().allocationContext()).hasValue(NbdTestServer.CONTEXT);
    }

    @Test
    void asksInTheOldestWayWhereOptionsAreUnknown() {
        server.fixedNewstyle = false;

        assertThat(export().sizeBytes()).isEqualTo(10_000);
    }

    @Test
    void refusesWhatItCannotSpeakWith() {
        byte[] old = ByteBuffer.allocate(152).putLong(NbdProtocol.GREETING).array();
        ByteBuffer.wrap(old).putLong(8, NbdProtocol.OLD_STYLE);
        server.greeting = old;
        assertRefused(this::export, FailureKind.INVALID, "only the old style");
        server.greeting = "SSH-2.0-OpenSSH_9.2p1 Debian\r\n".getBytes(UTF_8);
        assertRefused(this::export, FailureKind.INVALID, "nobody speaks NBD there");
        server.greeting = new byte[3];
        assertRefused(this::export, FailureKind.UNAVAILABLE, "closed the connection");
    }

    @Test
    void saysThatTlsIsDemanded() {
        server.demandsTls = true;

        assertRefused(this::export, FailureKind.INVALID, "demands TLS, which is not offered yet");
    }

    @Test
    void saysThatThereIsNoSuchExport() {
        String other = server.uri() + "x";
        assertRefused(
                () -> NbdClient.open(NbdUri.parse(other), SHORT),
                FailureKind.NOT_FOUND,
                "no such export: server=never heard of it: source=" + other);
        server.knowsGo = false;
        assertRefused(
                () -> NbdClient.open(NbdUri.parse(other), SHORT),
                FailureKind.NOT_FOUND,
                "no such export, or refuses it");
    }

    @Test
    void saysThatNobodyIsThere() throws IOException {
        server.close();
        assertRefused(this::export, FailureKind.UNAVAILABLE, "cannot connect: Connection re");
        assertRefused(
                () -> NbdClient.open(NbdUri.parse("nbd+unix:///?socket=/no/such"), SHORT),
                FailureKind.NOT_FOUND,
                "no such socket: /no/such");
    }

    static Stream<Arguments> answersToGo() throws IOException {
        int ack = NbdProtocol.REPLY_ACK;
        int info = NbdProtocol.REPLY_INFO;
        return Stream.of(
                Arguments.of(new byte[20], "wrong header"),
                Arguments.of(answer(ack), "not described"),
                Arguments.of(answer(info, 0), "too short"),
                Arguments.of(answer(info, 0, 0, 1, 2), "too short"),
                Arguments.of(sizes(3, 4096, 8192), "impossible block sizes"),
                Arguments.of(sizes(0, 4096, 8192), "impossible block sizes"),
                Arguments.of(sizes(1 << 17, 1 << 17, 1 << 20), "impossible block sizes"),
                Arguments.of(sizes(4096, 512, 8192), "impossible block sizes"),
                Arguments.of(sizes(4096, 4096, 512), "impossible block sizes"),
                Arguments.of(answer(99), "an unknown reply"),
                Arguments.of(longer(), "too long: bytes=1000000000"),
                Arguments.of(endless(), "without end"),
                Arguments.of(answer(NbdProtocol.REPLY_SHUTDOWN), "shutting down"),
                Arguments.of(answer(0x80000009), "the server refuses the export"),
                Arguments.of(new byte[] {0}, "is silent for 400 ms"));
    }

    @ParameterizedTest
    @MethodSource("answersToGo")
    void isNotTakenInByBrokenAnswers(byte[] answer, String words) {
        server.goAnswer = answer;

        assertRefused(this::export, FailureKind.UNAVAILABLE, words);
    }

    @Test
    void refusesAnExportLargerThanAnyVolume() throws IOException {
        ByteBuffer export = ByteBuffer.allocate(12).putShort((short) 0).putLong(-5);
        byte[] described = answer(NbdProtocol.REPLY_INFO, export.array());
        byte[] acknowledged = answer(NbdProtocol.REPLY_ACK);
        server.goAnswer = ByteBuffer.allocate(52).put(described).put(acknowledged).array();

        assertRefused(this::export, FailureKind.INVALID, "too large: bytes=18446744073709551611");
    }

    @Test
    void refusalsOfPolicyAreDenials() throws IOException {
        server.goAnswer = answer(NbdProtocol.REPLY_POLICY, "not you".getBytes(UTF_8));

        assertRefused(this::export, FailureKind.DENIED, "refuses the export: server=not you");
    }

    private static byte[] sizes(int least, int preferred, int most) throws IOException {
        ByteBuffer sizes = ByteBuffer.allocate(14).putShort((short) NbdProtocol.INFO_BLOCK_SIZE);
        return answer(
                NbdProtocol.REPLY_INFO, sizes.putInt(least).putInt(preferred).putInt(most).array());
    }

    private static byte[] longer() throws IOException {
        byte[] header = answer(NbdProtocol.REPLY_INFO);
        ByteBuffer.wrap(header).putInt(16, 1_000_000_000);
        return header;
    }

    private static byte[] endless() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < 100; i++) {
            bytes.write(answer(NbdProtocol.REPLY_INFO, (byte) 0, (byte) 1));
        }
        return bytes.toByteArray();
    }

    private static byte[] answer(int type, int... data) throws IOException {
        byte[] bytes = new byte[data.length];
        for (int i = 0; i < data.length; i++) {
            bytes[i] = (byte) data[i];
        }
        return answer(type, bytes);
    }

    private static byte[] answer(int type, byte... data) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        NbdTestServer.reply(new DataOutputStream(bytes), NbdProtocol.OPTION_GO, type, data);
        return bytes.toByteArray();
    }
}
