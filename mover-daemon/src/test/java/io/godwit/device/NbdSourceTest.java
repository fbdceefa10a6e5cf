package io.godwit.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.nbd.NbdTestServer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class NbdSourceTest {
    private static final int BLOCK = BlockSource.BLOCK_BYTES;
    private static final int SIZE = 50 * BLOCK + 100;

    private final byte[] content = new byte[SIZE];
    private NbdTestServer server;

    @BeforeEach
    void start() throws IOException {
        new Random(1).nextBytes(content);
        Arrays.fill(content, 7 * BLOCK, 30 * BLOCK, (byte) 0);
        server = new NbdTestServer(content);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static byte[] read(BlockSource source, long offset, int length) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment target = arena.allocate(length, BLOCK).fill((byte) 7);
            source.read(offset, target, 0, length);
            return target.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 512, 4096, 65536})
    void readsWhateverBlockTheServerWants(int block) {
        server.minBlock = block;
        server.content = Arrays.copyOf(content, 65536 * 4);
        try (BlockSource source = BlockSources.open(server.uri())) {
            assertThat(source.facts().kind()).isEqualTo(SourceFacts.Kind.EXPORT);
            assertThat(source.facts().blockBytes()).isEqualTo(block);
            assertThat(source.path()).isEqualTo(server.uri());
            assertThat(read(source, 0, 65536 * 4)).isEqualTo(server.content);
            assertThat(read(source, 3 * BLOCK, 3 * BLOCK))
                    .isEqualTo(Arrays.copyOfRange(content, 3 * BLOCK, 6 * BLOCK));
            assertThat(read(source, 4000, 5)).isEqualTo(Arrays.copyOfRange(content, 4000, 4005));
        }
    }

    @Test
    void deliversZerosBehindTheEnd() {
        try (BlockSource source = BlockSources.open(server.uri())) {
            assertThat(read(source, 50 * BLOCK, BLOCK))
                    .isEqualTo(Arrays.copyOf(Arrays.copyOfRange(content, 50 * BLOCK, SIZE), BLOCK));
            assertThatThrownBy(() -> read(source, 51 * BLOCK, 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void findsHoles() {
        try (BlockSource source = BlockSources.open(server.uri())) {
            assertThat(source.nextData(0)).isZero();
            assertThat(source.nextHole(0)).isEqualTo(7 * BLOCK);
            assertThat(source.nextData(7 * BLOCK)).isEqualTo(30 * BLOCK);
            assertThat(source.nextHole(30 * BLOCK)).isEqualTo(SIZE);
            assertThat(source.nextData(9 * BLOCK)).isEqualTo(30 * BLOCK);
            assertThat(source.nextHole(9 * BLOCK)).isEqualTo(9 * BLOCK);
        }
    }

    /// Runs of the server that begin and end inside of our blocks.
    @Test
    void holesAreWholeBlocks() {
        long[] runs = {100, BLOCK, 3 * BLOCK, 3 * BLOCK + 5000, 20 * BLOCK + 1, SIZE};
        server.meddler =
                (request, out) -> {
                    if (request.type() != 7) {
                        return false;
                    }
                    ByteBuffer body = ByteBuffer.allocate(4 + runs.length * 8).putInt(77);
                    long at = 0;
                    for (int i = 0; i < runs.length; i++) {
                        body.putInt((int) (runs[i] - at)).putInt(i % 2 == 1 ? 3 : 0);
                        at = runs[i];
                    }
                    ByteBuffer chunk = ByteBuffer.allocate(20).putInt(0x668e33ef);
                    chunk.putShort((short) 1).putShort((short) 5).putLong(request.cookie());
                    out.write(chunk.putInt(body.capacity()).array());
                    out.write(body.array());
                    return true;
                };
        try (BlockSource source = BlockSources.open(server.uri())) {
            assertThat(source.nextHole(0)).isEqualTo(3 * BLOCK);
            assertThat(source.nextData(3 * BLOCK)).isEqualTo(4 * BLOCK);
            assertThat(source.nextHole(4 * BLOCK)).isEqualTo(21 * BLOCK);
            assertThat(source.nextData(21 * BLOCK)).isEqualTo(SIZE);
        }
    }

    /// An answer about less than one of the server's own blocks.
    @Test
    void everythingIsDataWhereTheServerTellsTooLittle() {
        server.minBlock = 65536;
        server.content = Arrays.copyOf(content, 65536 * 4);
        server.meddler =
                (request, out) -> {
                    if (request.type() != 7) {
                        return false;
                    }
                    ByteBuffer chunk = ByteBuffer.allocate(32).putInt(0x668e33ef);
                    chunk.putShort((short) 1).putShort((short) 5).putLong(request.cookie());
                    out.write(chunk.putInt(12).putInt(77).putInt(512).putInt(3).array());
                    return true;
                };
        try (BlockSource source = BlockSources.open(server.uri())) {
            assertThat(source.nextData(8 * BLOCK)).isEqualTo(8 * BLOCK);
            assertThat(source.nextHole(8 * BLOCK)).isEqualTo(65536 * 4);
        }
    }

    @Test
    void everythingIsDataWhereTheServerDoesNotTell() {
        server.structured = false;
        try (BlockSource source = BlockSources.open(server.uri())) {
            assertThat(source.nextData(8 * BLOCK)).isEqualTo(8 * BLOCK);
            assertThat(source.nextHole(0)).isEqualTo(SIZE);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void badBlocksAreFoundExactly(boolean structured) {
        server.structured = structured;
        server.badBlocks.add(3L);
        server.badBlocks.add(33L);
        try (BlockSource source = BlockSources.open(server.uri());
                Arena arena = Arena.ofShared()) {
            MemorySegment target = arena.allocate(51L * BLOCK);
            ReadFailure failure = Salvage.read(source, 0, target, 0, SIZE, () -> false);

            assertThat(failure).isNotNull();
            assertThat(failure.bad())
                    .containsExactly(new Extent(3L * BLOCK, BLOCK), new Extent(33L * BLOCK, BLOCK));
            byte[] expected = content.clone();
            Arrays.fill(expected, 3 * BLOCK, 4 * BLOCK, (byte) 0);
            Arrays.fill(expected, 33 * BLOCK, 34 * BLOCK, (byte) 0);
            assertThat(target.asSlice(0, SIZE).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(expected);
        }
    }

    @Test
    void permissionIsNoBadBlock() {
        server.structured = false;
        server.meddler =
                (request, out) -> {
                    out.writeInt(0x67446698);
                    out.writeInt(1);
                    out.writeLong(request.cookie());
                    return true;
                };
        try (BlockSource source = BlockSources.open(server.uri())) {
            assertThatThrownBy(() -> read(source, 0, 10))
                    .isInstanceOfSatisfying(
                            GodwitException.class,
                            e -> assertThat(e.kind()).isEqualTo(FailureKind.DENIED));
        }
    }
}
