package io.godwit.pack;

import io.godwit.chunk.ChunkId;
import io.godwit.chunk.ChunkType;
import io.godwit.digest.LeafHasher;
import io.godwit.format.ByteWriter;
import io.godwit.format.Checksum;
import io.godwit.format.ObjectFormat;
import io.godwit.seal.KeyRing;
import io.godwit.seal.PackKeys;
import io.godwit.seal.RecordCipher;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Builds one pack at a time in a buffer of the caller's: records are compressed and encrypted
/// straight from the plain bytes into it. Belongs to one thread; reusable with [#begin] once
/// finished, and then allocates little.
///
/// Bytes are fixed by [#finish]; other bytes need another pack id. A writer that failed is
/// poisoned: it refuses everything but [#begin].
public final class PackWriter {
    private enum State {
        OPEN,
        FINISHED,
        FAILED
    }

    private static final int MIN_CHUNK_BYTES = 2 << 10;
    private static final int LEAF = LeafHasher.LEAF_BYTES;

    private final KeyRing ring;
    private final RecordSealer sealer;
    private final ChunkGroup single = new ChunkGroup();
    private final ByteWriter footer = new ByteWriter();
    private final ByteWriter leafIndex = new ByteWriter();
    private final ByteWriter leafDigests = new ByteWriter();
    private final ByteWriter list = new ByteWriter();
    private PackId pack;
    private boolean metadata;
    private MemorySegment buffer;
    private PackKeys keys;
    private byte[] aad;
    private State state = State.OPEN;
    private int position;
    private int records;
    private int chunks;
    private int leafChunks;
    private long plainBytes;
    private MemorySegment leafList = MemorySegment.NULL;

    /// @param buffer off-heap; it bounds the pack, see [#bufferBytes]
    public PackWriter(
            KeyRing ring,
            PackId pack,
            boolean metadata,
            MemorySegment buffer,
            RecordSealer sealer) {
        this.ring = ring;
        this.sealer = sealer;
        this.pack = pack;
        this.metadata = metadata;
        this.buffer = buffer;
        this.keys = ring.newPackKeys();
        this.aad = RecordFormat.aad(keys.repository(), pack, keys.salt());
        writeHeader();
    }

    /// How large a buffer must be for packs that are finished when they reach `target` sealed
    /// bytes, with records of at most `recordPlainBytes`.
    public static int bufferBytes(int target, int recordPlainBytes) {
        int last = RecordFormat.OVERHEAD + recordPlainBytes;
        int lists = PackLimits.LEAF_LIST_BYTES + target / 16;
        return Math.min(target + last + lists + PackFormat.END_BYTES, PackLimits.MAX_BYTES);
    }

    /// Starts the next pack, with fresh keys.
    public void begin(PackId nextPack, boolean nextMetadata, MemorySegment nextBuffer) {
        pack = nextPack;
        metadata = nextMetadata;
        buffer = nextBuffer;
        keys = ring.newPackKeys();
        aad = RecordFormat.aad(keys.repository(), nextPack, keys.salt());
        footer.reset();
        leafIndex.reset();
        leafDigests.reset();
        position = 0;
        records = 0;
        chunks = 0;
        leafChunks = 0;
        plainBytes = 0;
        leafList = MemorySegment.NULL;
        state = State.OPEN;
        writeHeader();
    }

    private void writeHeader() {
        ByteWriter writer = new ByteWriter(buffer);
        PackFormat.writeHeader(writer, keys);
        position = (int) writer.size();
    }

    public PackId pack() {
        return pack;
    }

    public boolean metadata() {
        return metadata;
    }

    /// Whether a record of so many plain bytes fits, however badly it compresses and into however
    /// many chunks of at least 2 KiB it falls. When nothing was appended yet and this is false, the
    /// buffer is too small for it.
    public boolean hasRoomFor(int plainLength) {
        return hasRoomFor(plainLength, plainLength / MIN_CHUNK_BYTES + 1);
    }

    private boolean hasRoomFor(int plainLength, int inside) {
        long leaves = (long) plainLength / LEAF + inside;
        long list =
                LeafList.HEAD_BYTES
                        + leafDigests.size()
                        + LeafList.DIGEST_BYTES * leaves
                        + leafIndex.size()
                        + (long) LeafList.ENTRY_BYTES * inside;
        long entries =
                footer.size()
                        + 2L * PackFormat.ENTRY_BYTES
                        + (long) PackFormat.CHUNK_BYTES * inside;
        long end =
                (long) position
                        + plainLength
                        + list
                        + entries
                        + 3L * RecordFormat.OVERHEAD
                        + PackFormat.END_BYTES;
        return end <= Math.min(buffer.byteSize(), PackLimits.MAX_BYTES)
                && plainBytes + plainLength <= PackLimits.PLAIN_BYTES
                && list <= PackLimits.LEAF_LIST_BYTES
                && plainLength <= PackLimits.RECORD_PLAIN_BYTES;
    }

    /// Appends one data chunk with its leaf digests, 32 bytes each.
    public RecordRef append(
            ChunkId id,
            MemorySegment plain,
            long offset,
            int length,
            MemorySegment digests,
            long digestsOffset) {
        single.clear().add(id, length);
        return append(ChunkType.DATA, single, plain, offset, digests, digestsOffset);
    }

    /// Appends neighbouring data chunks as one record; chunk after chunk, their bytes follow each
    /// other from `plain[offset]` on, and their leaf digests, 32 bytes each, from
    /// `digests[digestsOffset]` on.
    public RecordRef append(
            ChunkType type,
            ChunkGroup group,
            MemorySegment plain,
            long offset,
            MemorySegment digests,
            long digestsOffset) {
        RecordRef ref = appendRecord(type, group, plain, offset);
        if (type == ChunkType.DATA) {
            gatherLeaves(ref.ordinal(), group, digests, digestsOffset);
        }
        return ref;
    }

    /// Appends one metadata chunk.
    public RecordRef appendMeta(ChunkId id, MemorySegment plain, long offset, int length) {
        single.clear().add(id, length);
        return appendRecord(ChunkType.META, single, plain, offset);
    }

    private RecordRef appendRecord(
            ChunkType type, ChunkGroup group, MemorySegment plain, long offset) {
        requireOpen();
        int length = group.plainLength();
        if (group.count() == 0 || !hasRoomFor(length, group.count())) {
            throw new IllegalArgumentException(
                    "record does not fit: pack=" + pack + " length=" + length);
        }
        RecordType recordType = RecordType.of(type, group.count());
        ChunkId id = recordType.single() ? group.id(0) : ChunkId.NONE;
        RecordRef ref = seal(recordType, id, plain, offset, length);
        footer.varint(group.count());
        for (int i = 0; i < group.count(); i++) {
            footer.chunkId(group.id(i)).varint(group.length(i));
        }
        chunks += group.count();
        plainBytes += length;
        return ref;
    }

    private RecordRef seal(
            RecordType type, ChunkId id, MemorySegment plain, long offset, int length) {
        state = State.FAILED;
        int at = position;
        int ordinal = records;
        int sealed = sealer.seal(keys, aad, ordinal, type, id, plain, offset, length, buffer, at);
        int gap = ordinal == 0 ? at : 0;
        PackFormat.writeEntry(footer, type, sealer.usedCodec(), gap, sealed, length);
        position = at + RecordFormat.HEADER_BYTES + sealed;
        records = ordinal + 1;
        state = State.OPEN;
        return new RecordRef(pack, metadata, ordinal, at, sealed, length);
    }

    private void gatherLeaves(
            int ordinal, ChunkGroup group, MemorySegment digests, long digestsOffset) {
        long from = digestsOffset;
        int plainOffset = 0;
        for (int i = 0; i < group.count(); i++) {
            int leaves = LeafList.leavesOf(group.length(i));
            long first = leafDigests.size() / LeafList.DIGEST_BYTES;
            leafIndex.u32(ordinal).u32(plainOffset).u32(leaves).u32(first);
            for (int leaf = 0; leaf < leaves; leaf++) {
                leafDigests.bytes(digests, from, LeafList.DIGEST_BYTES);
                from += LeafHasher.DIGEST_BYTES;
            }
            plainOffset += group.length(i);
        }
        leafChunks += group.count();
    }

    /// Bytes in the buffer so far.
    public int sealedBytes() {
        return position;
    }

    public int chunkCount() {
        return chunks;
    }

    public long plainBytes() {
        return plainBytes;
    }

    public boolean isEmpty() {
        return records == 0;
    }

    /// Writes leaf list, footer and both ends.
    ///
    /// @return the pack's bytes, as a view of the buffer
    public MemorySegment finish() {
        requireOpen();
        if (isEmpty()) {
            throw new IllegalStateException("a pack without records: pack=" + pack);
        }
        if (leafChunks > 0) {
            writeLeafList();
        }
        state = State.FAILED;
        int footerOffset = position;
        writeFooter(footerOffset);
        ByteWriter end = new ByteWriter(buffer).skip(position);
        PackFormat.writeTrailer(end, keys, footerOffset);
        ObjectFormat.writeFooter(end);
        position = (int) end.size();
        state = State.FINISHED;
        return buffer.asSlice(0, position);
    }

    /// The plain content of the leaf list of a finished pack, see [LeafList]; empty when it holds
    /// no data chunk.
    public MemorySegment leafList() {
        return leafList;
    }

    private void writeLeafList() {
        list.reset().u32(leafChunks).u32(leafDigests.size() / LeafList.DIGEST_BYTES);
        list.bytes(leafIndex.written(), 0, leafIndex.size());
        list.bytes(leafDigests.written(), 0, leafDigests.size());
        leafList = list.written();
        seal(RecordType.LEAF_LIST, ChunkId.NONE, leafList, 0, (int) list.size());
        footer.varint(0);
    }

    private void writeFooter(int at) {
        byte[] plain =
                new ByteWriter()
                        .varint(records)
                        .bytes(footer.written(), 0, footer.size())
                        .toByteArray();
        byte[] footerAad = PackFormat.footerAad(keys, pack, metadata, plain.length);
        int sealed = plain.length + RecordCipher.TAG_BYTES;
        long body = at + (long) RecordFormat.HEADER_BYTES;
        RecordCipher cipher = sealer.cipher();
        cipher.sealFooter(keys, footerAad, plain, buffer, body);
        int crc = Checksum.crc32c(buffer, body, sealed);
        RecordFormat.writeHeader(buffer, at, sealed, crc, Codec.RAW_CODE, RecordType.FOOTER);
        byte[] back = new byte[plain.length];
        if (!cipher.openFooter(keys, footerAad, buffer, body, sealed, back)
                || !Arrays.equals(plain, back)) {
            throw RecordSealer.undecodable("footer", plain.length);
        }
        position = at + RecordFormat.HEADER_BYTES + sealed;
    }

    private void requireOpen() {
        if (state != State.OPEN) {
            throw new IllegalStateException("pack is " + state + ": pack=" + pack);
        }
    }
}
