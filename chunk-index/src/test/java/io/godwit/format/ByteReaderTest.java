package io.godwit.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.chunk.ChunkId;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackId;
import io.godwit.pack.SessionId;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ByteReaderTest {
    private static final SessionId SESSION = new SessionId(7, 0x8000_0000_0000_0001L, -2);
    private static final PackId PACK = new PackId(SESSION, -5);
    private static final ChunkId CHUNK = new ChunkId(-1, 2, -3, 4);

    @Test
    void readsBackWhatWasWritten() {
        try (Arena arena = Arena.ofConfined()) {
            writeAll(new ByteWriter());
            writeAll(new ByteWriter(arena, 1));
            writeAll(new ByteWriter(arena.allocate(4096)));
        }
    }

    private static void writeAll(ByteWriter writer) {
        writer.u8(255).u16(65535).u32(0xffff_ffffL).u64(-1).varint(0).varint(127).varint(128);
        writer.varint(Integer.MAX_VALUE).varlong(-1).varlong(Long.MAX_VALUE).string("größe");
        writer.chunkId(CHUNK).packId(PACK).sessionId(SESSION).bytes(new byte[] {1, 2}).zeros(3);
        writer.repositoryId(new RepositoryId(-9, 9));
        long at = writer.size();
        writer.u32(0).setU32(at, 77);

        ByteReader reader = new ByteReader(writer.written(), "x");
        assertThat(reader.u8()).isEqualTo(255);
        assertThat(reader.u16()).isEqualTo(65535);
        assertThat(reader.u32()).isEqualTo(0xffff_ffffL);
        assertThat(reader.u64()).isEqualTo(-1);
        assertThat(reader.varint()).isZero();
        assertThat(reader.varint()).isEqualTo(127);
        assertThat(reader.varint()).isEqualTo(128);
        assertThat(reader.varint()).isEqualTo(Integer.MAX_VALUE);
        assertThat(reader.varlong()).isEqualTo(-1);
        assertThat(reader.varlong()).isEqualTo(Long.MAX_VALUE);
        assertThat(reader.string()).isEqualTo("größe");
        assertThat(reader.chunkId()).isEqualTo(CHUNK);
        assertThat(reader.packId()).isEqualTo(PACK);
        assertThat(reader.sessionId()).isEqualTo(SESSION);
        assertThat(reader.bytes(2)).containsExactly(1, 2);
        assertThat(reader.slice(3).byteSize()).isEqualTo(3);
        assertThat(reader.repositoryId()).isEqualTo(new RepositoryId(-9, 9));
        assertThat(reader.u32()).isEqualTo(77);
        reader.end();
    }

    @Test
    void integersAreLittleEndianAndIdsBigEndian() {
        assertThat(new ByteWriter().u32(0x04030201).toByteArray()).containsExactly(1, 2, 3, 4);
        assertThat(new ByteWriter().packId(PACK).toByteArray())
                .startsWith(0, 0, 0, 0, 0, 0, 0, 7)
                .endsWith(0xff, 0xff, 0xff, 0xfb);
    }

    @Test
    void refusesWhatRunsPastTheEnd() {
        assertCorrupt(() -> new ByteReader(new byte[3], "obj").u32(), "object=obj offset=0");
        assertCorrupt(() -> new ByteReader(new byte[3], "obj").bytes(4), "wanted=4 left=3");
        assertCorrupt(() -> new ByteReader(new byte[3], "obj").skip(-1), "wanted=-1");
        assertCorrupt(() -> new ByteReader(new byte[] {5, 'a'}, "obj").string(), "wanted=5");
        assertCorrupt(() -> new ByteReader(new byte[3], "obj").end(), "count=3");
    }

    @Test
    void refusesNumbersThatNobodyWrites() {
        assertCorrupt(() -> read(0x80, 0), "shortest form");
        assertCorrupt(() -> read(-1, -1, -1, -1, -1, -1, -1, -1, -1, 2), "too long");
        assertCorrupt(() -> read(-1, -1, -1, -1, -1, -1, -1, -1, -1, 0x81, 0), "too long");
        assertCorrupt(() -> reader(-1, -1, -1, -1, 0x1f).varint(), "out of range");
        assertCorrupt(() -> reader(9).varint(8), "value=9 limit=8");
    }

    @Test
    void refusesTextThatIsNotUtf8() {
        assertCorrupt(() -> reader(2, 0xc3, 0x28).string(), "not utf-8");
        assertCorrupt(() -> reader(3, 'a', 'b', 'c').string(2), "limit=2");
    }

    @Test
    void writerRefusesNumbersThatDoNotFit() {
        assertThatThrownBy(() -> new ByteWriter().u8(256))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ByteWriter().u32(-1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ByteWriter(MemorySegment.ofArray(new byte[3])).u32(1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new ByteWriter().setU32(0, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static long read(int... bytes) {
        return reader(bytes).varlong();
    }

    private static ByteReader reader(int... bytes) {
        byte[] source = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            source[i] = (byte) bytes[i];
        }
        return new ByteReader(source, "obj");
    }

    private static void assertCorrupt(ThrowingCallable call, String facts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> {
                            assertThat(e.kind()).isEqualTo(FailureKind.CORRUPT);
                            assertThat(e.object()).hasValue("obj");
                            assertThat(e).hasMessageContaining(facts);
                        });
    }
}
