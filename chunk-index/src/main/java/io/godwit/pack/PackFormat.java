package io.godwit.pack;

import io.godwit.chunk.ChunkId;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ByteReader;
import io.godwit.format.ByteWriter;
import io.godwit.format.Checksum;
import io.godwit.format.KeyKind;
import io.godwit.format.ObjectFormat;
import io.godwit.format.ObjectHeader;
import io.godwit.format.ObjectKind;
import io.godwit.format.Section;
import io.godwit.seal.PackKeys;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The bytes of a pack: common header with salt and commitment, records ([RecordFormat]), the leaf
/// list's record if there is data, the footer's record, trailer, common footer. [PackWriter] writes
/// it.
///
/// Trailer, so that one read of the end is enough to open a footer, and a pack whose start is
/// damaged still opens:
///
/// | at | bytes | field |
/// |---|---|---|
/// | 0 | 32 | salt, as in the header |
/// | 32 | 32 | commitment, as in the header |
/// | 64 | 4 | generation, as in the header |
/// | 68 | 4 | offset of the footer's record from the start of the pack |
/// | 72 | 4 | CRC-32C of the 72 bytes before it |
///
/// Plain footer: varint number of records, then for each record, in order from ordinal 0:
///
/// | bytes | field |
/// |---|---|
/// | 1 | type |
/// | 1 | codec |
/// | varint | bytes between the end of the record before and its clear header; from the start of the pack for the first |
/// | varint | sealed length |
/// | varint | plain length |
/// | varint | number of chunks, which tile the plain bytes in order; 0 for the leaf list |
/// | each 32 + varint | chunk id, length |
final class PackFormat {
    /// As written; a reader takes longer ones, which have sections that it does not know.
    static final int HEADER_BYTES = 140;

    static final int TRAILER_BYTES = 76;

    /// Behind the sealed footer.
    static final int END_BYTES = TRAILER_BYTES + ObjectFormat.FOOTER_BYTES;

    static final int FOOTER_ORDINAL = -1;

    /// What one more record and one more chunk take in the footer at most.
    static final int ENTRY_BYTES = 2 + 4 * 5;

    static final int CHUNK_BYTES = ChunkId.BYTES + 5;

    private PackFormat() {}

    static void writeHeader(ByteWriter writer, PackKeys keys) {
        ObjectFormat.writeHeader(
                writer,
                ObjectHeader.sealed(
                        ObjectKind.PACK,
                        keys.repository(),
                        keys.generation(),
                        new Section(Section.SALT, keys.salt()),
                        new Section(Section.COMMITMENT, keys.commitment())));
    }

    static PackHeader readHeader(PackId pack, boolean metadata, MemorySegment start) {
        String name = PackNames.key(pack, metadata).value();
        ObjectHeader header = ObjectFormat.readHeader(ObjectKind.PACK, name, start);
        if (header.keyKind() != KeyKind.GENERATION) {
            throw corrupt(name, 50, "pack is not sealed under a generation");
        }
        return new PackHeader(
                header.repository(),
                header.generation(),
                header.section(Section.SALT, PackKeys.SALT_BYTES, name),
                header.section(Section.COMMITMENT, PackKeys.COMMITMENT_BYTES, name),
                header.length());
    }

    static void writeTrailer(ByteWriter writer, PackKeys keys, int footerOffset) {
        long start = writer.size();
        writer.bytes(keys.salt()).bytes(keys.commitment()).u32(keys.generation());
        writer.u32(footerOffset);
        int crc = Checksum.crc32c(writer.written(), start, TRAILER_BYTES - 4);
        writer.u32(crc & 0xffff_ffffL);
    }

    /// Additional data of the footer's seal.
    static byte[] footerAad(PackKeys keys, PackId pack, boolean metadata, int plainLength) {
        byte[] aad = RecordFormat.aad(keys.repository(), pack, keys.salt());
        RecordFormat.setRecord(
                aad, FOOTER_ORDINAL, RecordType.FOOTER, Codec.RAW_CODE, plainLength, ChunkId.NONE);
        byte[] name = PackNames.key(pack, metadata).value().getBytes(StandardCharsets.UTF_8);
        return new ByteWriter().bytes(aad).bytes(name).toByteArray();
    }

    static void writeEntry(
            ByteWriter writer,
            RecordType type,
            int codec,
            int gap,
            int sealedLength,
            int plainLength) {
        writer.u8(type.code()).u8(codec).varint(gap).varint(sealedLength).varint(plainLength);
    }

    static PackFooter readFooter(PackId pack, boolean metadata, byte[] plain, int footerOffset) {
        ByteReader reader = new ByteReader(plain, PackNames.key(pack, metadata).value());
        int count = reader.varint(PackLimits.MAX_BYTES / RecordFormat.OVERHEAD);
        List<PackFooter.Entry> entries = new ArrayList<>();
        long end = 0;
        for (int ordinal = 0; ordinal < count; ordinal++) {
            RecordType type = RecordType.of(reader.u8());
            int codec = reader.u8();
            long offset = end + reader.varint();
            int sealedLength = reader.varint(PackLimits.MAX_BYTES);
            int plainLength = reader.varint(PackLimits.RECORD_PLAIN_BYTES);
            end = offset + RecordFormat.HEADER_BYTES + sealedLength;
            if (type == null
                    || offset < HEADER_BYTES
                    || type == RecordType.FOOTER
                    || end > footerOffset
                    || sealedLength == 0
                    || plainLength == 0) {
                throw reader.corrupt("pack footer entry malformed");
            }
            List<PackFooter.Chunk> chunks = readChunks(reader, type, plainLength);
            entries.add(
                    new PackFooter.Entry(
                            ordinal, type, codec, (int) offset, sealedLength, plainLength, chunks));
        }
        reader.end();
        return new PackFooter(pack, metadata, entries);
    }

    private static List<PackFooter.Chunk> readChunks(
            ByteReader reader, RecordType type, int plainLength) {
        int count = reader.varint(plainLength);
        List<PackFooter.Chunk> chunks = new ArrayList<>();
        int offset = 0;
        for (int i = 0; i < count; i++) {
            ChunkId id = reader.chunkId();
            int length = reader.varint(plainLength - offset);
            if (length == 0) {
                throw reader.corrupt("empty chunk in a pack footer");
            }
            chunks.add(new PackFooter.Chunk(id, offset, length));
            offset += length;
        }
        boolean tiles = type == RecordType.LEAF_LIST ? count == 0 : offset == plainLength;
        if (!tiles || type.single() != (count == 1)) {
            throw reader.corrupt("chunks in a pack footer do not fit their record");
        }
        return chunks;
    }

    static GodwitException corrupt(String name, long offset, String what) {
        return new GodwitException(
                        FailureKind.CORRUPT, what + ": object=" + name + " offset=" + offset)
                .withObject(name)
                .withOffset(offset);
    }
}
