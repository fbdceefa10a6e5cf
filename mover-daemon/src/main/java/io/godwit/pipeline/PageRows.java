package io.godwit.pipeline;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.godwit.chunk.ChunkId;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.RecordRef;
import io.godwit.volume.ContentDigest;
import io.godwit.volume.PageRef;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// What became of [#COUNT] neighbouring regions, as rows of 96 bytes outside the heap:
///
/// | at | bytes | field |
/// |---|---|---|
/// | 0 | 32 | id of the page's chunk |
/// | 32 | 32 | digest of the page's content |
/// | 64 | 4 × 4 | its record: ordinal, offset, sealed length, plain length |
/// | 80 | 2 × 4 | its place in the record: offset, length |
/// | 88 | 2 × 4 | what was found in the region: bytes changed, bytes of holes |
///
/// Used by one thread at a time.
final class PageRows implements AutoCloseable {
    static final int COUNT = 128;

    private static final int ROW_BYTES = 96;
    private static final int CONTENT_AT = ChunkId.BYTES;
    private static final int ORDINAL_AT = CONTENT_AT + ContentDigest.BYTES;
    private static final int OFFSET_AT = ORDINAL_AT + 4;
    private static final int SEALED_AT = ORDINAL_AT + 8;
    private static final int PLAIN_AT = ORDINAL_AT + 12;
    private static final int PLACE_AT = ORDINAL_AT + 16;
    private static final int LENGTH_AT = ORDINAL_AT + 20;
    private static final int CHANGED_AT = ORDINAL_AT + 24;
    private static final int HOLES_AT = ORDINAL_AT + 28;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment rows = arena.allocate((long) COUNT * ROW_BYTES, Long.BYTES);
    private final BitSet known = new BitSet(COUNT);

    /// The pack of each page; null where the region became a hole. Few packs, so that most are the
    /// same object.
    private final @Nullable PackId[] packs = new @Nullable PackId[COUNT];

    /// Those of [#packs] that lie among metadata.
    private final BitSet metadata = new BitSet(COUNT);

    boolean has(int row) {
        return known.get(row);
    }

    /// The first row from `from` on that was put, or -1.
    int next(int from) {
        return known.nextSetBit(from);
    }

    int changedBytes(int row) {
        return field(row, CHANGED_AT);
    }

    int holesBytes(int row) {
        return field(row, HOLES_AT);
    }

    void found(int row, int changedBytes, int holesBytes) {
        set(row, CHANGED_AT, changedBytes);
        set(row, HOLES_AT, holesBytes);
    }

    /// @param page null for a hole
    void put(int row, @Nullable PageRef page) {
        known.set(row);
        if (page == null) {
            packs[row] = null;
            return;
        }
        ChunkRef chunk = page.chunk();
        RecordRef record = chunk.record();
        packs[row] = record.pack();
        metadata.set(row, record.metadata());
        chunk.id().write(rows, at(row, 0));
        page.content().write(rows, at(row, CONTENT_AT));
        set(row, ORDINAL_AT, record.ordinal());
        set(row, OFFSET_AT, record.offset());
        set(row, SEALED_AT, record.sealedLength());
        set(row, PLAIN_AT, record.plainLength());
        set(row, PLACE_AT, chunk.plainOffset());
        set(row, LENGTH_AT, chunk.length());
    }

    void remove(int row) {
        known.clear(row);
        packs[row] = null;
    }

    @Nullable PageRef page(int row) {
        PackId pack = packs[row];
        if (pack == null) {
            return null;
        }
        RecordRef record =
                new RecordRef(
                        pack,
                        metadata.get(row),
                        field(row, ORDINAL_AT),
                        field(row, OFFSET_AT),
                        field(row, SEALED_AT),
                        field(row, PLAIN_AT));
        ChunkRef chunk =
                new ChunkRef(
                        ChunkId.read(rows, at(row, 0)),
                        record,
                        field(row, PLACE_AT),
                        field(row, LENGTH_AT));
        return new PageRef(chunk, ContentDigest.read(rows, at(row, CONTENT_AT)));
    }

    private static long at(int row, int field) {
        return (long) row * ROW_BYTES + field;
    }

    private int field(int row, int field) {
        return rows.get(JAVA_INT, at(row, field));
    }

    private void set(int row, int field, int value) {
        rows.set(JAVA_INT, at(row, field), value);
    }

    @Override
    public void close() {
        arena.close();
    }
}
