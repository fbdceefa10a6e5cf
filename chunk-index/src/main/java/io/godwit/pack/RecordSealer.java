package io.godwit.pack;

import io.godwit.chunk.ChunkId;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.Checksum;
import io.godwit.seal.PackKeys;
import io.godwit.seal.RecordCipher;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Compresses, encrypts and checks records straight into a pack's buffer. Belongs to one thread, which may have
/// several packs open; keeps about 1 MiB off-heap and half on the heap between calls.
public final class RecordSealer implements AutoCloseable {
    private static final int FIRST_SCRATCH = PackLimits.GROUP_PLAIN_BYTES;

    private final RecordCodec codec;
    private final RecordCodec checkCodec = new RecordCodec(new Codec.None());
    private final RecordCipher cipher = new RecordCipher();
    private final WriteCheck check;
    private MemorySegment opened = scratch(FIRST_SCRATCH);
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

    /// Writes clear header and sealed bytes at `target[at]`, which has room for them and [RecordCodec#bound].
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
        int packed =
                type == RecordType.LEAF_LIST
                        ? 0
                        : codec.compress(plain, offset, length, target, body);
        usedCodec = packed == 0 ? Codec.RAW_CODE : codec.code();
        RecordFormat.setRecord(aad, ordinal, type, usedCodec, length, id);
        int sealedLength;
        if (packed == 0) {
            cipher.seal(keys, ordinal, aad, plain, offset, length, target, body);
            sealedLength = length + RecordCipher.TAG_BYTES;
        } else {
            if (check == WriteCheck.SEAL) {
                decoded = atLeast(decoded, packed);
                MemorySegment.copy(target, body, decoded, 0, packed);
            }
            cipher.seal(keys, ordinal, aad, target, body, packed, target, body);
            sealedLength = packed + RecordCipher.TAG_BYTES;
        }
        int crc = Checksum.crc32c(target, body, sealedLength);
        RecordFormat.writeHeader(target, at, sealedLength, crc, usedCodec, type);
        if (check != WriteCheck.NONE) {
            check(keys, aad, ordinal, plain, offset, length, target, body, sealedLength);
        }
        return sealedLength;
    }

    /// The codec of the record sealed last.
    int usedCodec() {
        return usedCodec;
    }

    private void check(
            PackKeys keys,
            byte[] aad,
            int ordinal,
            MemorySegment plain,
            long offset,
            int length,
            MemorySegment target,
            long body,
            int sealedLength) {
        int packed = sealedLength - RecordCipher.TAG_BYTES;
        opened = atLeast(opened, packed);
        boolean good = cipher.open(keys, ordinal, aad, target, body, sealedLength, opened, 0);
        if (good && usedCodec == Codec.RAW_CODE) {
            good = same(opened, 0, plain, offset, length);
        } else if (good && check == WriteCheck.SEAL) {
            good = same(opened, 0, decoded, 0, packed);
        } else if (good) {
            decoded = atLeast(decoded, length);
            good =
                    checkCodec.decompress(usedCodec, opened, 0, packed, decoded, 0, length)
                            && same(decoded, 0, plain, offset, length);
        }
        if (!good) {
            throw undecodable("record " + ordinal, length);
        }
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

    private static boolean same(
            MemorySegment left, long leftAt, MemorySegment right, long rightAt, int length) {
        return MemorySegment.mismatch(
                        left, leftAt, leftAt + length, right, rightAt, rightAt + length)
                < 0;
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
