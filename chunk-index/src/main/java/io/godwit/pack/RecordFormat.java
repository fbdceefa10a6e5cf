package io.godwit.pack;

import io.godwit.chunk.ChunkId;
import io.godwit.format.ByteWriter;
import io.godwit.format.Checksum;
import io.godwit.format.RepositoryId;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// The bytes of a record: a clear header, by which scrub works without keys and a scanner finds its
/// way after damage, and the sealed bytes behind it.
///
/// | at | bytes | field |
/// |---|---|---|
/// | 0 | 4 | magic `f7 47 77 52` |
/// | 4 | 4 | length of the sealed bytes, tag included |
/// | 8 | 4 | CRC-32C of the sealed bytes |
/// | 12 | 1 | codec: 0 raw, 1 zstd, 2 lz4 |
/// | 13 | 1 | type ([RecordType]) |
/// | 14 | 2 | low half of the CRC-32C of the 14 bytes before it |
/// | 16 | | sealed: AES-256-GCM, ciphertext and tag |
///
/// Additional data of the seal, 114 bytes:
///
/// | at | bytes | field |
/// |---|---|---|
/// | 0 | 16 | repository id |
/// | 16 | 24 | pack id |
/// | 40 | 32 | the pack's salt |
/// | 72 | 4 | ordinal; 2^32-1 for the footer |
/// | 76 | 1 | type |
/// | 77 | 1 | codec |
/// | 78 | 4 | plain length |
/// | 82 | 32 | chunk id; zeros when the record does not hold exactly one chunk |
///
/// The footer's is followed by the name of the pack's object.
final class RecordFormat {
    static final int HEADER_BYTES = 16;
    static final int OVERHEAD = HEADER_BYTES + 16;
    static final int AAD_BYTES = 114;

    private static final int MAGIC = 0x5277_47f7;
    private static final int CHECKED_BYTES = 14;
    private static final int ORDINAL_AT = 72;
    private static final int CHUNK_AT = 82;
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private RecordFormat() {}

    static void writeHeader(
            MemorySegment target, long at, int sealedLength, int crc, int codec, RecordType type) {
        target.set(INT, at, MAGIC);
        target.set(INT, at + 4, sealedLength);
        target.set(INT, at + 8, crc);
        target.set(ValueLayout.JAVA_BYTE, at + 12, (byte) codec);
        target.set(ValueLayout.JAVA_BYTE, at + 13, (byte) type.code());
        target.set(SHORT, at + CHECKED_BYTES, headerCheck(target, at));
    }

    /// Whether an undamaged clear header of a length that makes sense stands here.
    static boolean headerStandsAt(MemorySegment source, long at) {
        return source.get(INT, at) == MAGIC
                && source.get(SHORT, at + CHECKED_BYTES) == headerCheck(source, at)
                && sealedLength(source, at) > 0;
    }

    static int sealedLength(MemorySegment source, long at) {
        return source.get(INT, at + 4);
    }

    static int crc(MemorySegment source, long at) {
        return source.get(INT, at + 8);
    }

    static int codec(MemorySegment source, long at) {
        return source.get(ValueLayout.JAVA_BYTE, at + 12) & 0xff;
    }

    static int typeCode(MemorySegment source, long at) {
        return source.get(ValueLayout.JAVA_BYTE, at + 13) & 0xff;
    }

    /// The additional data of one pack's records; one array, rewritten for each record.
    static byte[] aad(RepositoryId repository, PackId pack, byte[] salt) {
        ByteWriter writer = new ByteWriter();
        writer.repositoryId(repository).packId(pack).bytes(salt).zeros(AAD_BYTES - ORDINAL_AT);
        return writer.toByteArray();
    }

    static void setRecord(
            byte[] aad, int ordinal, RecordType type, int codec, int plainLength, ChunkId id) {
        MemorySegment target = MemorySegment.ofArray(aad);
        target.set(INT, ORDINAL_AT, ordinal);
        target.set(ValueLayout.JAVA_BYTE, 76, (byte) type.code());
        target.set(ValueLayout.JAVA_BYTE, 77, (byte) codec);
        target.set(INT, 78, plainLength);
        id.write(target, CHUNK_AT);
    }

    private static short headerCheck(MemorySegment source, long at) {
        CRC32C crc = new CRC32C();
        for (int i = 0; i < CHECKED_BYTES; i++) {
            crc.update(source.get(ValueLayout.JAVA_BYTE, at + i));
        }
        return (short) crc.getValue();
    }

    static int crcOf(MemorySegment source, long offset, int length) {
        return Checksum.crc32c(source, offset, length);
    }
}
