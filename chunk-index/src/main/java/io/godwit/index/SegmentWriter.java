package io.godwit.index;

import io.godwit.chunk.ChunkId;
import io.godwit.format.Checksum;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Gathers rows in any order and writes them as one segment. Used by one thread at a time; once or,
/// after [#finish], again from empty.
///
/// Rows wait outside the heap at 80 bytes each, in a buffer that grows with them to 10 MiB at most.
public final class SegmentWriter implements AutoCloseable {
    private static final int ROW_BYTES = ChunkId.BYTES + Long.BYTES + RowFormat.WIDE_BYTES;
    private static final int PACK_AT = ChunkId.BYTES;
    private static final int PLACE_AT = PACK_AT + Long.BYTES;
    private static final int FIRST_ROWS = 1024;

    /// What a row takes in the segment at most: id, flags, number of the pack, six varints.
    private static final int MAX_ROW_BYTES = ChunkId.BYTES + 1 + 5 + 6 * 5;

    private final Map<PackId, Integer> numbers = new HashMap<>();
    private final List<PackId> packs = new ArrayList<>();
    private final List<Boolean> metadata = new ArrayList<>();
    private Arena arena = Arena.ofShared();
    private MemorySegment rows = arena.allocate((long) FIRST_ROWS * ROW_BYTES, 8);
    private int count;

    public int rows() {
        return count;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    /// Whether that many more rows fit. A pack's rows stand in one segment, so that a segment says
    /// all about the packs it names.
    public boolean hasRoomFor(int more) {
        return count + more <= SegmentFormat.MAX_ROWS;
    }

    /// Adds a row. An id that was added before keeps its first place.
    public void add(ChunkRef ref) {
        if (!hasRoomFor(1)) {
            throw new IllegalStateException("segment is full: rows=" + count);
        }
        if ((long) (count + 1) * ROW_BYTES > rows.byteSize()) {
            grow();
        }
        long at = (long) count * ROW_BYTES;
        ref.id().write(rows, at);
        rows.set(ValueLayout.JAVA_LONG_UNALIGNED, at + PACK_AT, number(ref));
        RowFormat.writeWide(rows, at + PLACE_AT, ref);
        count++;
    }

    /// The content of the segment, in its final form; the writer is empty afterwards.
    public byte[] finish() {
        int[] order = RowOrder.of(rows, count, ROW_BYTES);
        int[] numberOf = new int[packs.size()];
        List<Integer> table = table(order, numberOf);
        long bound =
                SegmentFormat.COUNTS_BYTES
                        + (long) table.size() * SegmentFormat.PACK_BYTES
                        + (long) order.length * MAX_ROW_BYTES
                        + SegmentFormat.CHECKSUM_BYTES;
        try (Arena scratch = Arena.ofShared()) {
            MemorySegment out = scratch.allocate(bound);
            out.set(SegmentFormat.U32, 0, table.size());
            out.set(SegmentFormat.U32, 4, order.length);
            long at = writeTable(out, table);
            for (int row : order) {
                at = writeRow(out, at, (long) row * ROW_BYTES, numberOf);
            }
            byte[] content = new byte[(int) at + SegmentFormat.CHECKSUM_BYTES];
            MemorySegment heap = MemorySegment.ofArray(content);
            MemorySegment.copy(out, 0, heap, 0, at);
            heap.set(SegmentFormat.U64, at, Checksum.xxh3(heap, 0, at));
            clear();
            return content;
        }
    }

    @Override
    public void close() {
        arena.close();
    }

    private long number(ChunkRef ref) {
        PackId pack = ref.record().pack();
        Integer known = numbers.get(pack);
        if (known != null) {
            if (metadata.get(known) != ref.record().metadata()) {
                throw new IllegalArgumentException("pack is both data and metadata: " + pack);
            }
            return known;
        }
        numbers.put(pack, packs.size());
        packs.add(pack);
        metadata.add(ref.record().metadata());
        return packs.size() - 1L;
    }

    private void grow() {
        Arena larger = Arena.ofShared();
        MemorySegment moved = larger.allocate(rows.byteSize() * 2, 8);
        MemorySegment.copy(rows, 0, moved, 0, rows.byteSize());
        arena.close();
        arena = larger;
        rows = moved;
    }

    private void clear() {
        numbers.clear();
        packs.clear();
        metadata.clear();
        count = 0;
    }

    /// The packs that rows name, by name; `numberOf` gets the place of each.
    private List<Integer> table(int[] order, int[] numberOf) {
        BitSet named = new BitSet(packs.size());
        for (int row : order) {
            named.set(packNumber((long) row * ROW_BYTES));
        }
        List<Integer> table =
                named.stream().boxed().sorted(Comparator.comparing(packs::get)).toList();
        for (int place = 0; place < table.size(); place++) {
            numberOf[table.get(place)] = place;
        }
        return table;
    }

    private int packNumber(long row) {
        return (int) rows.get(ValueLayout.JAVA_LONG_UNALIGNED, row + PACK_AT);
    }

    private long writeTable(MemorySegment out, List<Integer> table) {
        long at = SegmentFormat.COUNTS_BYTES;
        for (Integer number : table) {
            SegmentFormat.putPack(out, at, packs.get(number));
            int flags = metadata.get(number) ? SegmentFormat.PACK_METADATA : 0;
            out.set(ValueLayout.JAVA_BYTE, at + PackId.BYTES, (byte) flags);
            at += SegmentFormat.PACK_BYTES;
        }
        return at;
    }

    private long writeRow(MemorySegment out, long at, long row, int[] numberOf) {
        MemorySegment.copy(rows, row, out, at, ChunkId.BYTES);
        long place = row + PLACE_AT;
        int flags = RowFormat.flags(rows, place) & ~RowFormat.METADATA;
        out.set(ValueLayout.JAVA_BYTE, at + ChunkId.BYTES, (byte) flags);
        long end = RowFormat.putVarint(out, at + ChunkId.BYTES + 1, numberOf[packNumber(row)]);
        return RowFormat.packPlace(rows, place, out, end);
    }
}
