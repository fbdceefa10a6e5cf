package io.godwit.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.nbd.NbdTestServer.Meddler;
import io.godwit.nbd.NbdTestServer.Request;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Reading, with servers that are slow, wrong or gone.
@Timeout(60)
final class NbdClientTest {
    private static final int SIZE = 1 << 20;

    private final byte[] content = new byte[SIZE];
    private NbdTestServer server;
    private NbdPatience patience = NbdHandshakeTest.SHORT;

    @BeforeEach
    void start() throws IOException {
        new Random(1).nextBytes(content);
        Arrays.fill(content, 300_000, 400_000, (byte) 0);
        server = new NbdTestServer(content);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private NbdClient open() {
        return NbdClient.open(NbdUri.parse(server.uri()), patience);
    }

    private byte[] read(NbdClient client, long offset, int length) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment target = arena.allocate(length + 16L).fill((byte) 5);
            assertThat(client.read(offset, target, 8, length)).isEqualTo(NbdErrors.NONE);
            assertThat(target.get(ValueLayout.JAVA_BYTE, 7)).isEqualTo((byte) 5);
            assertThat(target.get(ValueLayout.JAVA_BYTE, 8L + length)).isEqualTo((byte) 5);
            return target.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private void assertReads(NbdClient client, int offset, int length) {
        assertThat(read(client, offset, length))
                .isEqualTo(Arrays.copyOfRange(content, offset, offset + length));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readsWithBothKindsOfReplies(boolean structured) {
        server.structured = structured;
        try (NbdClient client = open()) {
            assertReads(client, 0, SIZE);
            assertReads(client, 17, 1);
            assertReads(client, SIZE - 5, 5);
        }
    }

    @Test
    void readsInPiecesThatTheServerTakes() {
        server.maxBlock = 8192;
        try (NbdClient client = open()) {
            assertReads(client, 0, 100_000);
        }
        assertThat(server.reads).hasValue(13);
    }

    @Test
    void putsChunksTogetherThatComeInAnyOrder() {
        server.meddler =
                (request, out) -> {
                    long at = request.offset();
                    NbdTestServer.chunk(out, 0, 1, request.cookie(), piece(at + 60, at + 100));
                    NbdTestServer.chunk(out, 0, 1, request.cookie(), piece(at, at + 10));
                    NbdTestServer.chunk(out, 0, 2, request.cookie(), hole(at + 10, 50));
                    NbdTestServer.chunk(out, 1, NbdProtocol.CHUNK_NONE, request.cookie());
                    return true;
                };
        try (NbdClient client = open()) {
            byte[] expected = Arrays.copyOfRange(content, 1000, 1100);
            Arrays.fill(expected, 10, 60, (byte) 0);
            assertThat(read(client, 1000, 100)).isEqualTo(expected);
        }
    }

    private byte[] piece(long from, long to) {
        return NbdTestServer.data(from, Arrays.copyOfRange(content, (int) from, (int) to));
    }

    private static byte[] hole(long from, int bytes) {
        return ByteBuffer.allocate(12).putLong(from).putInt(bytes).array();
    }

    /// The first request of each pair is answered behind the second one.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void keepsManyReadsApart(boolean multiConn) throws Exception {
        server.multiConn = multiConn;
        ThreadLocal<List<Request>> held = ThreadLocal.withInitial(ArrayList::new);
        server.meddler =
                (request, out) -> {
                    if (request.cookie() % 2 == 1 && held.get().isEmpty()) {
                        held.get().add(request);
                        return true;
                    }
                    server.answer(request, out);
                    for (Request earlier : held.get()) {
                        server.answer(earlier, out);
                    }
                    held.get().clear();
                    return true;
                };
        patience =
                new NbdPatience(
                        Duration.ofSeconds(5),
                        Duration.ofMillis(50),
                        30,
                        Duration.ZERO,
                        Duration.ZERO);
        try (NbdClient client = open();
                ExecutorService pool = Executors.newFixedThreadPool(8)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                int offset = i * 5000;
                all.add(pool.submit(() -> assertReads(client, offset, 5000)));
            }
            for (Future<?> each : all) {
                each.get(30, TimeUnit.SECONDS);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void handsErrorsOfReadsBack(boolean structured) {
        server.structured = structured;
        server.badBlocks.add(2L);
        try (NbdClient client = open();
                Arena arena = Arena.ofShared()) {
            MemorySegment target = arena.allocate(3 * 4096);
            assertThat(client.read(0, target, 0, 3 * 4096)).isEqualTo(NbdErrors.EIO);
            assertReads(client, 0, 8192);
        }
        assertThat(server.connections).hasValue(1);
    }

    static Stream<Arguments> brokenReplies() {
        return Stream.of(
                broken("neither kind", (request, out) -> out.write(new byte[40])),
                broken("not asked", (r, out) -> NbdTestServer.chunk(out, 1, 0, r.cookie() + 1)),
                broken(
                        "a simple reply where",
                        (r, out) -> NbdTestServer.simple(out, 0, r.cookie())),
                broken("in part", (r, out) -> NbdTestServer.chunk(out, 1, 0, r.cookie())),
                broken("in part", (r, out) -> chunk(out, r, r.offset(), r.length() - 1)),
                broken("in part", (r, out) -> chunk(out, r, r.offset() + 1, r.length() - 1)),
                broken("where it may be", (r, out) -> chunk(out, r, r.offset() + 1, r.length())),
                broken("where it may be", (r, out) -> chunk(out, r, r.offset() - 1, 10)),
                broken("where it may be", (r, out) -> chunk(out, r, Long.MAX_VALUE, 10)),
                broken("where it may be", (r, out) -> chunk(out, r, -1, 10)),
                broken("where it may be", (r, out) -> chunk(out, r, r.offset(), 0)),
                broken("where it may be", (r, out) -> claim(out, r, 1, Integer.MAX_VALUE)),
                broken("where it may be", (r, out) -> hole(out, r, r.offset(), 0)),
                broken("where it may be", (r, out) -> hole(out, r, r.offset(), -1)),
                broken("where it may be", (r, out) -> hole(out, r, r.offset(), 1 << 30)),
                broken("where it may be", (r, out) -> claim(out, r, 2, 13)),
                broken("where it may be", NbdClientTest::overlap),
                broken("not agreed on", (r, out) -> claim(out, r, 1, -5)),
                broken("empty chunk", (r, out) -> claim(out, r, 0, 5)),
                broken("answers no read", (r, out) -> claim(out, r, 5, 12)),
                broken("answers no read", (r, out) -> claim(out, r, 77, 12)),
                broken("impossible length", (r, out) -> claim(out, r, 0x8001, 3)),
                broken("impossible length", (r, out) -> claim(out, r, 0x8001, 1 << 30)),
                broken("without a number", (r, out) -> claim(out, r, 0x8001, 6)),
                broken("closed the connection", (r, out) -> out.close()),
                broken("is silent for 400 ms", (r, out) -> out.flush()));
    }

    private interface Breakage {
        void answer(Request request, DataOutputStream out) throws IOException;
    }

    private static Arguments broken(String words, Breakage breakage) {
        Meddler meddler =
                (request, out) -> {
                    breakage.answer(request, out);
                    return true;
                };
        return Arguments.of(words, meddler);
    }

    private static void chunk(DataOutputStream out, Request request, long offset, int bytes)
            throws IOException {
        byte[] body = NbdTestServer.data(offset, new byte[bytes]);
        NbdTestServer.chunk(out, 1, NbdProtocol.CHUNK_DATA, request.cookie(), body);
    }

    private static void hole(DataOutputStream out, Request request, long offset, int bytes)
            throws IOException {
        NbdTestServer.chunk(out, 1, NbdProtocol.CHUNK_HOLE, request.cookie(), hole(offset, bytes));
    }

    /// A header that promises so many bytes, and a few zeros behind it.
    private static void claim(DataOutputStream out, Request request, int type, int bytes)
            throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(40).putInt(NbdProtocol.STRUCTURED_REPLY);
        chunk.putShort((short) 1).putShort((short) type).putLong(request.cookie()).putInt(bytes);
        out.write(chunk.putLong(20, request.offset()).array());
        if (type == 0x8001) {
            out.write(new byte[0]);
        }
    }

    private static void overlap(Request request, DataOutputStream out) throws IOException {
        byte[] half = NbdTestServer.data(request.offset(), new byte[request.length() / 2]);
        NbdTestServer.chunk(out, 0, NbdProtocol.CHUNK_DATA, request.cookie(), half);
        NbdTestServer.chunk(out, 1, NbdProtocol.CHUNK_DATA, request.cookie(), half);
    }

    @ParameterizedTest(name = "{0} {index}")
    @MethodSource("brokenReplies")
    void triesAgainAndGivesUpWithWords(String words, Meddler meddler) {
        server.meddler = meddler;
        try (NbdClient client = open()) {
            assertThatThrownBy(() -> read(client, 4096, 4096))
                    .isInstanceOfSatisfying(
                            GodwitException.class,
                            e -> assertThat(e.kind()).isEqualTo(FailureKind.UNAVAILABLE))
                    .hasMessageContaining(words)
                    .hasMessageContaining("tried 3 times");
        }
        assertThat(server.reads).hasValue(3);
    }

    @ParameterizedTest(name = "{0} {index}")
    @MethodSource("brokenReplies")
    void oneBrokenReplyHarmsNobody(String words, Meddler meddler) {
        AtomicInteger first = new AtomicInteger();
        server.meddler =
                (request, out) -> first.getAndIncrement() == 0 && meddler.answer(request, out);
        try (NbdClient client = open()) {
            assertReads(client, 4096, 4096);
        }
        assertThat(server.connections).as("replaced after: " + words).hasValue(2);
    }

    @Test
    void servesOnAfterACut() {
        server.multiConn = true;
        try (NbdClient client = open()) {
            assertReads(client, 0, 1000);
            server.cut();
            assertReads(client, 0, SIZE);
        }
    }

    @Test
    void whatWasTriedInVainIsNotTriedAgain() {
        server.meddler =
                (_, out) -> {
                    out.close();
                    return true;
                };
        try (NbdClient client = open()) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> read(client, 0, 10)).hasMessageContaining("tried 3 times");
            }
        }
        assertThat(server.reads).hasValue(3);
    }

    @Test
    void isPatientWithASlowServer() {
        server.structured = false;
        server.meddler =
                (request, out) -> {
                    NbdTestServer.simple(out, 0, request.cookie());
                    for (byte b : server.bytes(request)) {
                        out.write(b);
                        pause(100);
                    }
                    return true;
                };
        try (NbdClient client = open()) {
            assertReads(client, 0, 10);
        }
        assertThat(server.connections).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {NbdErrors.ENOMEM, NbdErrors.ESHUTDOWN})
    void waitsWhereTheServerAsksForIt(int error) {
        AtomicInteger asked = new AtomicInteger();
        server.meddler =
                (request, out) -> {
                    boolean refused = asked.getAndIncrement() < 2;
                    if (refused) {
                        server.error(request, error, out);
                    }
                    return refused;
                };
        try (NbdClient client = open()) {
            assertReads(client, 0, 100);
        }
    }

    @Test
    void refusesAnotherVolumeUnderTheSameName() {
        try (NbdClient client = open()) {
            server.content = new byte[SIZE / 2];
            server.cut();
            assertThatThrownBy(() -> read(client, 0, 10))
                    .isInstanceOfSatisfying(
                            GodwitException.class,
                            e -> assertThat(e.kind()).isEqualTo(FailureKind.FENCED))
                    .hasMessageContaining("size=524288 before=1048576");
        }
    }

    @Test
    void bothWaysOfStoppingEndAllWaits() throws Exception {
        patience = NbdPatience.DEFAULT;
        server.meddler = (request, out) -> true;
        try (NbdClient client = open()) {
            List<Thread> readers = new ArrayList<>();
            List<Throwable> thrown = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Thread reader = Thread.ofPlatform().unstarted(() -> read(client, 0, 100));
                reader.setUncaughtExceptionHandler(
                        (_, e) -> {
                            synchronized (thrown) {
                                thrown.add(e);
                            }
                        });
                reader.start();
                readers.add(reader);
            }
            while (server.reads.get() < 4) {
                pause(5);
            }
            readers.get(2).interrupt();
            readers.get(2).join(5000);
            assertThat(readers.get(2).isAlive()).isFalse();
            client.giveUp();
            for (Thread reader : readers) {
                reader.join(5000);
                assertThat(reader.isAlive()).isFalse();
            }
            assertThat(thrown)
                    .hasSize(4)
                    .allSatisfy(
                            e ->
                                    assertThat(((GodwitException) e).kind())
                                            .isEqualTo(FailureKind.INTERRUPTED));
        }
    }

    @Test
    void tellsHolesFromData() {
        try (NbdClient client = open()) {
            List<NbdExtent> extents = client.blockStatus(0, SIZE);

            assertThat(extents)
                    .containsExactly(
                            new NbdExtent(0, 303_104, false),
                            new NbdExtent(303_104, 94_208, true),
                            new NbdExtent(397_312, SIZE - 397_312, false));
        }
        server.allocation = false;
        try (NbdClient client = open()) {
            assertThat(client.blockStatus(0, SIZE)).isEmpty();
        }
    }

    @Test
    void aServerThatDoesNotTellOfHolesIsNoFailure() {
        server.meddler =
                (request, out) -> {
                    server.error(request, NbdErrors.EINVAL, out);
                    return true;
                };
        try (NbdClient client = open()) {
            assertThat(client.blockStatus(0, SIZE)).isEmpty();
        }
    }

    static Stream<Arguments> brokenStatus() {
        int status = NbdProtocol.CHUNK_BLOCK_STATUS;
        return Stream.of(
                Arguments.of("not asked for", status, new int[] {1, 4096, 0}),
                Arguments.of("of no bytes", status, new int[] {77, 0, 0}),
                Arguments.of("answers no block status", status, new int[] {77}),
                Arguments.of("answers no block status", status, new int[] {77, 4096}),
                Arguments.of("answers no block status", 1, new int[] {77, 4096, 0}),
                Arguments.of("is not answered", 0, new int[0]));
    }

    @ParameterizedTest
    @MethodSource("brokenStatus")
    void isNotTakenInByBrokenStatus(String words, int type, int[] numbers) {
        ByteBuffer body = ByteBuffer.allocate(numbers.length * 4);
        Arrays.stream(numbers).forEach(body::putInt);
        server.meddler =
                (request, out) -> {
                    NbdTestServer.chunk(out, 1, type, request.cookie(), body.array());
                    return true;
                };
        try (NbdClient client = open()) {
            assertThatThrownBy(() -> client.blockStatus(0, SIZE)).hasMessageContaining(words);
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
