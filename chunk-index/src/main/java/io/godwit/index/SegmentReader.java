package io.godwit.index;

import io.godwit.chunk.ChunkId;
import io.godwit.format.Checksum;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Reads a segment's rows one after the other, in the order of their ids. Owned by one thread.
///
/// The checksum is compared before the first row; everything that the format promises is checked on
/// the way, and what breaks a promise is `CORRUPT`, naming the segment and the offset.
public final class SegmentReader {
    private final String name;
    private final byte[] bytes;
    private final MemorySegment content;
    private final List<PackId> packs;
    private final boolean[] metadata;
    private final int rows;
    private final RowFormat.Cursor cursor;
    private final MemorySegment place = Arena.ofAuto().allocate(RowFormat.WIDE_BYTES, 8);
    private ChunkId id = ChunkId.NONE;
    private int read;

    /// Opens a content as [SegmentWriter#finish] made it.
    ///
    /// @param name of the object, for messages
    public SegmentReader(String name, byte[] bytes) {
        this.name = name;
        this.bytes = bytes;
        content = MemorySegment.ofArray(bytes);
        int body = bytes.length - SegmentFormat.CHECKSUM_BYTES;
        if (body < SegmentFormat.COUNTS_BYTES || bytes.length > SegmentFormat.MAX_BYTES) {
            throw SegmentFormat.corrupt("index segment has an impossible length", name, 0);
        }
        long expected = content.get(SegmentFormat.U64, body);
        if (Checksum.xxh3(content, 0, body) != expected) {
            throw SegmentFormat.corrupt("index segment checksum mismatch", name, body);
        }
        int packCount = content.get(SegmentFormat.U32, 0);
        rows = content.get(SegmentFormat.U32, 4);
        long end = SegmentFormat.COUNTS_BYTES + (long) packCount * SegmentFormat.PACK_BYTES;
        if (rows < 0 || rows > SegmentFormat.MAX_ROWS || packCount < 0 || packCount > rows) {
            throw SegmentFormat.corrupt("index segment counts are out of range", name, 0);
        }
        if (end > body) {
            throw SegmentFormat.corrupt("index segment is cut off", name, body);
        }
        packs = new ArrayList<>(packCount);
        metadata = new boolean[packCount];
        readPacks(packCount);
        cursor = new RowFormat.Cursor(content, end, body);
    }

    /// A reader of the same content from its start.
    SegmentReader restarted() {
        return new SegmentReader(name, bytes);
    }

    /// How many rows there are in all.
    public int rows() {
        return rows;
    }

    /// The packs that the rows name, in their order.
    public List<PackId> packs() {
        return List.copyOf(packs);
    }

    /// Steps to the next row; false behind the last one.
    public boolean next() {
        if (read == rows) {
            if (cursor.position() != content.byteSize() - SegmentFormat.CHECKSUM_BYTES) {
                throw broken("index segment has bytes behind its last row");
            }
            return false;
        }
        ChunkId following = cursor.id();
        int flags = cursor.u8();
        int number = cursor.u31Varint();
        if (following == null || cursor.failed() || number >= packs.size()) {
            throw broken("index segment row is malformed");
        }
        if (read > 0 && following.compareTo(id) <= 0) {
            throw broken("index segment rows are out of order");
        }
        boolean valid = (flags & RowFormat.METADATA) == 0;
        int all = flags | (metadata[number] ? RowFormat.METADATA : 0);
        RowFormat.writePack(place, 0, packs.get(number));
        if (!valid || !RowFormat.unpackPlace(cursor, all, place, 0)) {
            throw broken("index segment row is malformed");
        }
        id = following;
        read++;
        return true;
    }

    /// The current row.
    public ChunkRef ref() {
        return RowFormat.readWide(id, place, 0);
    }

    ChunkId id() {
        return id;
    }

    /// Where the current row's chunk stands, in its wide form.
    MemorySegment place() {
        return place;
    }

    private void readPacks(int packCount) {
        for (int i = 0; i < packCount; i++) {
            long at = SegmentFormat.COUNTS_BYTES + (long) i * SegmentFormat.PACK_BYTES;
            int flags = content.get(ValueLayout.JAVA_BYTE, at + PackId.BYTES);
            if ((flags & ~SegmentFormat.PACK_METADATA) != 0
                    || content.get(ValueLayout.JAVA_BYTE, at) < 0) {
                throw SegmentFormat.corrupt("index segment pack is malformed", name, at);
            }
            PackId pack = SegmentFormat.getPack(content, at);
            if (i > 0 && pack.compareTo(packs.getLast()) <= 0) {
                throw SegmentFormat.corrupt("index segment packs are out of order", name, at);
            }
            packs.add(pack);
            metadata[i] = flags != 0;
        }
    }

    private RuntimeException broken(String what) {
        return SegmentFormat.corrupt(what, name, cursor.position());
    }
}
