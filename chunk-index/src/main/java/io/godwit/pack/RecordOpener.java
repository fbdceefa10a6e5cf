package io.godwit.pack;

import io.godwit.chunk.ChunkId;
import io.godwit.error.GodwitException;
import io.godwit.format.Checksum;
import io.godwit.seal.PackKeys;
import io.godwit.seal.RecordCipher;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Checks, decrypts and decompresses records. Belongs to one thread; keeps what it needs between
/// calls.
///
/// A record that holds one chunk opens under that chunk's id only. Whoever opens a record of
/// several passes [ChunkId#NONE] and hashes each chunk against its id.
public final class RecordOpener implements AutoCloseable {
    private final RecordCodec codec = new RecordCodec(new Codec.None());
    private final RecordCipher cipher = new RecordCipher();
    private MemorySegment packed = Arena.ofAuto().allocate(PackLimits.GROUP_PLAIN_BYTES);
    private @Nullable PackKeys aadKeys;
    private @Nullable PackId aadPack;
    private byte[] aad = new byte[0];

    /// How many bytes of the pack, from `ref.offset()` on, a record takes.
    public static int storedLength(RecordRef ref) {
        return RecordFormat.HEADER_BYTES + ref.sealedLength();
    }

    /// Opens the record whose clear header stands at `source[sourceOffset]` and writes
    /// `ref.plainLength()` bytes to off-heap memory.
    ///
    /// @param id of the record's only chunk, or [ChunkId#NONE]
    /// @throws GodwitException `CORRUPT` with pack and offset when it is not that record
    public void open(
            PackKeys keys,
            RecordRef ref,
            ChunkId id,
            MemorySegment source,
            long sourceOffset,
            MemorySegment target,
            long targetOffset) {
        if (source.byteSize() - sourceOffset < storedLength(ref)) {
            throw corrupt(ref, "record is cut off");
        }
        int sealedLength = checkClear(ref, source, sourceOffset);
        RecordType type = RecordType.of(RecordFormat.typeCode(source, sourceOffset));
        if (type == null || type == RecordType.FOOTER) {
            throw corrupt(ref, "record of an unknown type");
        }
        if (type.single() == id.equals(ChunkId.NONE)) {
            throw corrupt(ref, "record does not hold what was referred to: type=" + type);
        }
        int plainLength = ref.plainLength();
        int recordCodec = RecordFormat.codec(source, sourceOffset);
        boolean raw = recordCodec == Codec.RAW_CODE;
        int packedLength = sealedLength - RecordCipher.TAG_BYTES;
        if (plainLength > PackLimits.RECORD_PLAIN_BYTES
                || packedLength > plainLength
                || (raw && packedLength != plainLength)) {
            throw corrupt(ref, "record lengths do not fit");
        }
        byte[] additional = aad(keys, ref.pack());
        RecordFormat.setRecord(additional, ref.ordinal(), type, recordCodec, plainLength, id);
        MemorySegment into = raw ? target : packed(packedLength);
        long at = sourceOffset + RecordFormat.HEADER_BYTES;
        if (!cipher.open(
                keys,
                ref.ordinal(),
                additional,
                source,
                at,
                sealedLength,
                into,
                raw ? targetOffset : 0)) {
            throw corrupt(ref, "record does not open: altered, or not the one referred to");
        }
        if (!raw
                && !codec.decompress(
                        recordCodec, into, 0, packedLength, target, targetOffset, plainLength)) {
            throw corrupt(ref, "record does not decompress: codec=" + recordCodec);
        }
    }

    /// The same for the leaf list of a pack, into memory of its own.
    public LeafList openLeafList(
            PackKeys keys, RecordRef ref, MemorySegment source, long sourceOffset) {
        if (ref.plainLength() > PackLimits.LEAF_LIST_BYTES) {
            throw corrupt(ref, "leaf list is too long");
        }
        MemorySegment content = Arena.ofAuto().allocate(ref.plainLength());
        open(keys, ref, ChunkId.NONE, source, sourceOffset, content, 0);
        if (RecordFormat.typeCode(source, sourceOffset) != RecordType.LEAF_LIST.code()) {
            throw corrupt(ref, "record is not a leaf list");
        }
        return LeafList.of(content, name(ref));
    }

    private static int checkClear(RecordRef ref, MemorySegment source, long at) {
        if (!RecordFormat.headerStandsAt(source, at)) {
            throw corrupt(ref, "no record stands here");
        }
        int sealedLength = RecordFormat.sealedLength(source, at);
        if (sealedLength != ref.sealedLength() || sealedLength < RecordCipher.TAG_BYTES) {
            throw corrupt(ref, "record length mismatch: found=" + sealedLength);
        }
        long body = at + RecordFormat.HEADER_BYTES;
        if (RecordFormat.crc(source, at) != Checksum.crc32c(source, body, sealedLength)) {
            throw corrupt(ref, "record checksum mismatch");
        }
        return sealedLength;
    }

    private byte[] aad(PackKeys keys, PackId pack) {
        if (keys != aadKeys || !pack.equals(aadPack)) {
            aad = RecordFormat.aad(keys.repository(), pack, keys.salt());
            aadKeys = keys;
            aadPack = pack;
        }
        return aad;
    }

    private MemorySegment packed(int length) {
        if (packed.byteSize() < length) {
            packed = Arena.ofAuto().allocate(length);
        }
        return packed;
    }

    private static String name(RecordRef ref) {
        return PackNames.key(ref.pack(), ref.metadata()).value();
    }

    private static GodwitException corrupt(RecordRef ref, String what) {
        return PackFormat.corrupt(name(ref), ref.offset(), what);
    }

    @Override
    public void close() {
        codec.close();
    }
}
