package io.godwit.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.chunk.ChunkId;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.Checksum;
import io.godwit.seal.KeyRing;
import io.godwit.seal.PackKeys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PackTamperTest {
    private static final PackId OTHER = new PackId(new SessionId(1, 2, 3), 5);

    private final SmallPack good = new SmallPack(1, SmallPack.PACK);

    @Test
    void readsTheUndamagedPack() {
        read(good.bytes);
    }

    @Test
    void noticesEveryFlippedByte() {
        for (int i = 0; i < good.bytes.length; i++) {
            byte[] damaged = good.bytes.clone();
            damaged[i] ^= (byte) (1 << (i % 8));
            assertCorrupt(() -> read(damaged));
        }
    }

    @Test
    void noticesEveryFlippedByteThoughTheChecksumOfTheObjectFits() {
        for (int i = 0; i < good.bytes.length - 16; i++) {
            byte[] damaged = good.bytes.clone();
            damaged[i] ^= (byte) (1 << (i % 8));
            refit(damaged);
            assertCorrupt(() -> read(damaged));
        }
    }

    @Test
    void noticesEveryForgedByteOfSealedRecords() {
        for (RecordRef ref : good.records) {
            for (int i = 0; i < ref.sealedLength(); i++) {
                byte[] forged = good.bytes.clone();
                int body = ref.offset() + RecordFormat.HEADER_BYTES;
                forged[body + i] ^= 1;
                MemorySegment whole = MemorySegment.ofArray(forged);
                RecordFormat.writeHeader(
                        whole,
                        ref.offset(),
                        ref.sealedLength(),
                        Checksum.crc32c(whole, body, ref.sealedLength()),
                        RecordFormat.codec(whole, ref.offset()),
                        type(whole, ref));
                refit(forged);
                assertCorrupt(() -> read(forged));
            }
        }
    }

    @Test
    void refusesAnotherTypeOrCodecOfARecord() {
        for (RecordRef ref : good.records) {
            for (RecordType type : RecordType.values()) {
                for (int codec = 0; codec < 4; codec++) {
                    byte[] forged = good.bytes.clone();
                    MemorySegment whole = MemorySegment.ofArray(forged);
                    int crc = RecordFormat.crc(whole, ref.offset());
                    boolean same =
                            type == type(whole, ref)
                                    && codec == RecordFormat.codec(whole, ref.offset());
                    RecordFormat.writeHeader(
                            whole, ref.offset(), ref.sealedLength(), crc, codec, type);
                    refit(forged);
                    if (!same) {
                        assertCorrupt(() -> read(forged));
                    }
                }
            }
        }
    }

    @Test
    void noticesEveryTruncation() {
        for (int length = 0; length < good.bytes.length; length++) {
            byte[] cut = Arrays.copyOf(good.bytes, length);
            assertCorrupt(() -> read(cut));
        }
        byte[] longer = Arrays.copyOf(good.bytes, good.bytes.length + 1);
        assertCorrupt(() -> read(longer));
    }

    @Test
    void refusesAnotherPackUnderItsName() {
        SmallPack other = new SmallPack(1, OTHER);
        assertCorrupt(() -> read(other.bytes));
        assertCorrupt(() -> SmallPack.readAll(good, OTHER, good.ring, good.bytes));
        SmallPack sameName = new SmallPack(2, SmallPack.PACK);
        assertCorrupt(() -> SmallPack.readAll(good, good.id, good.ring, sameName.bytes));
    }

    @Test
    void refusesDataUnderTheNameOfMetadata() {
        MemorySegment whole = MemorySegment.ofArray(good.bytes);
        PackReader reader = new PackReader(new io.godwit.store.MemoryStore(), good.ring);
        assertCorrupt(() -> reader.openWhole(good.id, true, whole));
    }

    @Test
    void refusesAnotherRecordThanTheOneReferredTo() {
        MemorySegment whole = MemorySegment.ofArray(good.bytes);
        PackKeys keys = PackHeader.read(good.id, false, whole).keys(good.ring, good.id, false);
        MemorySegment out = Arena.ofAuto().allocate(2000);
        RecordRef first = good.records.get(0);
        RecordRef elsewhere =
                new RecordRef(
                        good.id,
                        false,
                        1,
                        first.offset(),
                        first.sealedLength(),
                        first.plainLength());
        RecordRef longer =
                new RecordRef(
                        good.id,
                        false,
                        0,
                        first.offset(),
                        first.sealedLength(),
                        first.plainLength() + 1);
        try (RecordOpener opener = new RecordOpener()) {
            ChunkId id = good.ids.get(0);
            assertCorrupt(() -> opener.open(keys, elsewhere, id, whole, first.offset(), out, 0));
            assertCorrupt(() -> opener.open(keys, longer, id, whole, first.offset(), out, 0));
            assertCorrupt(
                    () ->
                            opener.open(
                                    keys,
                                    first,
                                    SmallPack.chunk(2),
                                    whole,
                                    first.offset(),
                                    out,
                                    0));
            assertCorrupt(
                    () -> opener.open(keys, first, ChunkId.NONE, whole, first.offset(), out, 0));
            assertThat(out.mismatch(Arena.ofAuto().allocate(2000))).isEqualTo(-1);
            opener.open(keys, first, id, whole, first.offset(), out, 0);
        }
    }

    private static RecordType type(MemorySegment whole, RecordRef ref) {
        RecordType type = RecordType.of(RecordFormat.typeCode(whole, ref.offset()));
        return type == null ? RecordType.FOOTER : type;
    }

    private void read(byte[] bytes) {
        KeyRing ring = good.ring;
        SmallPack.readAll(good, good.id, ring, bytes);
    }

    private static void refit(byte[] object) {
        MemorySegment segment = MemorySegment.ofArray(object);
        ByteBuffer.wrap(object)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(object.length - 8, Checksum.xxh3(segment, 0, object.length - 8));
    }

    private static void assertCorrupt(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> {
                            assertThat(e.kind()).isEqualTo(FailureKind.CORRUPT);
                            assertThat(e.object()).isPresent();
                        });
    }
}
