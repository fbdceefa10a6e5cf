package io.godwit.pack;

import io.godwit.chunk.ChunkId;
import io.godwit.chunk.ChunkType;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.Checksum;
import io.godwit.seal.PackKeys;
import io.godwit.seal.RecordCipher;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Compresses, encrypts and checks records straight into a pack's buffer. Belongs to one thread,
/// which may have several packs open; keeps about 1 MiB off-heap and half on the heap between
/// calls.
///
/// What was encoded is decoded while it is still in the processor's cache: the sealed bytes are
/// decrypted out of the pack's buffer and compared with the compressed ones, and these are
/// decompressed and compared with the plain ones, all of them or some ([WriteCheck]).
public final class RecordSealer implements AutoCloseable {
    /// Every eighth data record is decompressed when checks are sampled, the first of a pack among
    /// them.
    private static final int SAMPLE = 8;

    private static final int FIRST_SCRATCH = PackLimits.GROUP_PLAIN_BYTES;

    private final RecordCodec codec;
    private final RecordCodec checkCodec = new RecordCodec(new Codec.None());
    private final RecordCipher cipher = new RecordCipher();
    private final WriteCheck check;
    private MemorySegment packed = scratch(RecordCodec.bound(FIRST_SCRATCH));
    private MemorySegment decoded = scratch(FIRST_SCRATCH);
    private int usedCodec;

    public RecordSealer(Codec codec, WriteCheck check) {
        this.codec = new RecordCodec(codec);
        this.check = check;
    }

    public RecordSealer(Codec codec) {
        this(codec, WriteCheck.FULL);
    }

    RecordCipher cipher() {
        return cipher;
    }

    /// The codec of the record sealed last.
    int usedCodec() {
        return usedCodec;
    }

    /// Writes clear header and sealed bytes at `target[at]`, which has room for `length` and
    /// [RecordFormat#OVERHEAD].
    ///
    /// @return the sealed length
    int seal(
            PackKeys keys,
            byte[] aad,
            int ordinal,
            RecordType type,
            ChunkId id,
            MemorySegment plain,
            long offset,
            int length,
            MemorySegment target,
            int at) {
        long body = at + (long) RecordFormat.HEADER_BYTES;
        int packedLength = type == RecordType.LEAF_LIST ? 0 : compress(plain, offset, length);
        boolean raw = packedLength == 0;
        usedCodec = raw ? Codec.RAW_CODE : codec.code();
        RecordFormat.setRecord(aad, ordinal, type, usedCodec, length, id);
        MemorySegment from = raw ? plain : packed;
        long fromOffset = raw ? offset : 0;
        int fromLength = raw ? length : packedLength;
        cipher.seal(keys, ordinal, aad, from, fromOffset, fromLength, target, body);
        int sealedLength = fromLength + RecordCipher.TAG_BYTES;
        int crc = Checksum.crc32c(target, body, sealedLength);
        RecordFormat.writeHeader(target, at, sealedLength, crc, usedCodec, type);
        boolean good =
                check == WriteCheck.NONE
                        || cipher.verify(
                                keys, ordinal, aad, target, body, from, fromOffset, fromLength);
        if (good && !raw && decodes(type, ordinal)) {
            good = decodesTo(packedLength, plain, offset, length);
        }
        if (!good) {
            throw undecodable("record " + ordinal, length);
        }
        return sealedLength;
    }

    private int compress(MemorySegment plain, long offset, int length) {
        packed = atLeast(packed, RecordCodec.bound(length));
        return codec.compress(plain, offset, length, packed, 0);
    }

    private boolean decodes(RecordType type, int ordinal) {
        return switch (check) {
            case FULL -> true;
            case SAMPLED -> type.chunks() == ChunkType.META || ordinal % SAMPLE == 0;
            case NONE -> false;
        };
    }

    private boolean decodesTo(int packedLength, MemorySegment plain, long offset, int length) {
        decoded = atLeast(decoded, length);
        return checkCodec.decompress(usedCodec, packed, 0, packedLength, decoded, 0, length)
                && MemorySegment.mismatch(decoded, 0, length, plain, offset, offset + length) < 0;
    }

    static GodwitException undecodable(String what, int length) {
        return new GodwitException(
                        FailureKind.INTERNAL,
                        "what was just written does not decode to what was meant: part="
                                + what
                                + " length="
                                + length)
                .withHint("nothing was stored; suspect this machine's memory or processor");
    }

    private static MemorySegment atLeast(MemorySegment scratch, int length) {
        return scratch.byteSize() >= length ? scratch : scratch(length);
    }

    private static MemorySegment scratch(int length) {
        return Arena.ofAuto().allocate(length);
    }

    @Override
    public void close() {
        codec.close();
        checkCodec.close();
    }
}
