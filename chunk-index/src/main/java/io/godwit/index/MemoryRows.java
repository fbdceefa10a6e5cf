package io.godwit.index;

import io.godwit.chunk.ChunkId;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.locks.StampedLock;

/// A hash table of rows outside the heap, bounded: when it is full, a new row takes the place of an
/// older one.
///
/// Losing a row costs a second copy of a chunk some day and nothing else, so it never fails and
/// never grows past its limit. Any number of threads; readers do not disturb each other.
final class MemoryRows {
    static final int ROW_BYTES = ChunkId.BYTES + RowFormat.WIDE_BYTES;

    private static final int FIRST_ROWS = 1024;

    /// Places of a row: the one its id names and the next ones.
    private static final int WAYS = 16;

    /// Word 3 of a row's length field is never zero in a taken place.
    private static final int LENGTH_AT = ChunkId.BYTES + 44;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private final int maxRows;
    private final StampedLock lock = new StampedLock();
    private Arena arena = Arena.ofAuto();
    private MemorySegment table = arena.allocate((long) FIRST_ROWS * ROW_BYTES, 64);
    private int capacity = FIRST_ROWS;
    private int size;

    /// @param maxRows a power of two, 1024 at least
    MemoryRows(int maxRows) {
        if (Integer.bitCount(maxRows) != 1 || maxRows < FIRST_ROWS) {
            throw new IllegalArgumentException("rows limit is not a power of two: " + maxRows);
        }
        this.maxRows = maxRows;
    }

    int size() {
        long stamp = lock.readLock();
        try {
            return size;
        } finally {
            lock.unlockRead(stamp);
        }
    }

    /// Answers what the batch is missing, except rows in `unusable` packs; one locking for all of
    /// it.
    void find(LookupBatch batch, PackSet unusable) {
        long stamp = lock.readLock();
        try {
            for (int i = 0; size > 0 && i < batch.size(); i++) {
                if (batch.answer(i) == LookupBatch.Answer.MISSING) {
                    find(batch, i, unusable);
                }
            }
        } finally {
            lock.unlockRead(stamp);
        }
    }

    private void find(LookupBatch batch, int i, PackSet unusable) {
        long row = seek(batch.ids(), (long) i * ChunkId.BYTES);
        if (row >= 0
                && table.get(ValueLayout.JAVA_INT_UNALIGNED, row + LENGTH_AT) != 0
                && !RowFormat.in(unusable, table, row + ChunkId.BYTES)) {
            long at = LookupBatch.placeOffset(i);
            MemorySegment.copy(
                    table, row + ChunkId.BYTES, batch.places(), at, RowFormat.WIDE_BYTES);
            batch.answer(i, LookupBatch.Answer.FOUND);
        }
    }

    /// Keeps those of the first `count` numbers of a batch that were found.
    void putFound(LookupBatch batch, BatchScratch asked, int count) {
        long stamp = lock.writeLock();
        try {
            for (int k = 0; k < count; k++) {
                int i = asked.number(k);
                if (batch.answer(i) == LookupBatch.Answer.FOUND) {
                    makeRoom(batch.ids(), (long) i * ChunkId.BYTES);
                    insert(
                            batch.ids(),
                            (long) i * ChunkId.BYTES,
                            batch.places(),
                            LookupBatch.placeOffset(i));
                }
            }
        } finally {
            lock.unlockWrite(stamp);
        }
    }

    void put(MemorySegment ids, long idAt, MemorySegment place, long at) {
        long stamp = lock.writeLock();
        try {
            makeRoom(ids, idAt);
            insert(ids, idAt, place, at);
        } finally {
            lock.unlockWrite(stamp);
        }
    }

    void clear() {
        long stamp = lock.writeLock();
        try {
            allocate(FIRST_ROWS);
        } finally {
            lock.unlockWrite(stamp);
        }
    }

    /// The row of this id, else the free place for it, else -1.
    private long seek(MemorySegment ids, long idAt) {
        int first = home(ids.get(LONG, idAt));
        for (int way = 0; way < WAYS; way++) {
            long row = (long) (first + way & capacity - 1) * ROW_BYTES;
            if (table.get(ValueLayout.JAVA_INT_UNALIGNED, row + LENGTH_AT) == 0
                    || equal(ids, idAt, row)) {
                return row;
            }
        }
        return -1;
    }

    private void insert(MemorySegment ids, long idAt, MemorySegment place, long at) {
        long row = seek(ids, idAt);
        if (row < 0) {
            int victim = (int) (ids.get(LONG, idAt + 8) & WAYS - 1);
            row = (long) (home(ids.get(LONG, idAt)) + victim & capacity - 1) * ROW_BYTES;
        } else if (table.get(ValueLayout.JAVA_INT_UNALIGNED, row + LENGTH_AT) == 0) {
            size++;
        }
        MemorySegment.copy(ids, idAt, table, row, ChunkId.BYTES);
        MemorySegment.copy(place, at, table, row + ChunkId.BYTES, RowFormat.WIDE_BYTES);
    }

    private void makeRoom(MemorySegment ids, long idAt) {
        if (capacity < maxRows && (size > capacity / 2 || seek(ids, idAt) < 0)) {
            grow();
        }
    }

    private void grow() {
        MemorySegment old = table;
        int rows = capacity;
        allocate(capacity * 2);
        for (int i = 0; i < rows; i++) {
            long row = (long) i * ROW_BYTES;
            if (old.get(ValueLayout.JAVA_INT_UNALIGNED, row + LENGTH_AT) != 0) {
                insert(old, row, old, row + ChunkId.BYTES);
            }
        }
    }

    private void allocate(int rows) {
        arena = Arena.ofAuto();
        table = arena.allocate((long) rows * ROW_BYTES, 64);
        capacity = rows;
        size = 0;
    }

    private boolean equal(MemorySegment ids, long idAt, long row) {
        return ids.get(LONG, idAt) == table.get(LONG, row)
                && ids.get(LONG, idAt + 8) == table.get(LONG, row + 8)
                && ids.get(LONG, idAt + 16) == table.get(LONG, row + 16)
                && ids.get(LONG, idAt + 24) == table.get(LONG, row + 24);
    }

    /// Ids are keyed digests: any of their bits are as good as a hash.
    private int home(long word) {
        return (int) (word ^ word >>> 32) & capacity - 1;
    }
}
