package io.godwit.index;

import io.godwit.chunk.ChunkId;
import io.godwit.pack.ChunkRef;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// One row on its way to the database, in buffers that are used again and again.
final class RowBuffers {
    private final MemorySegment key;
    private final MemorySegment place;
    private final MemorySegment packed;
    private final ByteBuffer keyBuffer;
    private final ByteBuffer valueBuffer;

    RowBuffers(Arena arena) {
        key = arena.allocate(ChunkId.BYTES, 8);
        place = arena.allocate(RowFormat.WIDE_BYTES, 8);
        packed = arena.allocate(BatchScratch.VALUE_BYTES, 8);
        keyBuffer = key.asByteBuffer();
        valueBuffer = packed.asByteBuffer();
    }

    void set(ChunkRef ref) {
        ref.id().write(key, 0);
        RowFormat.writeWide(place, 0, ref);
        pack();
    }

    void set(SegmentReader segment) {
        segment.id().write(key, 0);
        MemorySegment.copy(segment.place(), 0, place, 0, RowFormat.WIDE_BYTES);
        pack();
    }

    /// Takes a row as [MemoryRows] lays it out: the id, then the wide place.
    void set(MemorySegment rows, long at) {
        MemorySegment.copy(rows, at, key, 0, ChunkId.BYTES);
        MemorySegment.copy(rows, at + ChunkId.BYTES, place, 0, RowFormat.WIDE_BYTES);
        pack();
    }

    private void pack() {
        valueBuffer.clear().limit(RowFormat.pack(place, 0, packed, 0));
    }

    ByteBuffer keyBuffer() {
        return keyBuffer.rewind();
    }

    ByteBuffer valueBuffer() {
        return valueBuffer.rewind();
    }
}
