package io.godwit.index;

import io.godwit.chunk.ChunkId;
import io.godwit.pack.ChunkRef;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Many ids in, what is known about each out: filled, looked up, read, cleared and used again by
/// one thread.
///
/// All of it lies outside the heap and stays there; a [ChunkRef] is made only when [#ref] is
/// called.
public final class LookupBatch {
    /// Above this, what a batch saves no longer grows, but its scratch does.
    public static final int MAX_CAPACITY = 1024;

    /// What is known about an id after a look-up.
    public enum Answer {
        /// Nobody has stored it, as far as the index knows.
        MISSING,
        /// Stored: [LookupBatch#ref] says where.
        FOUND,
        /// Unknown until now, and claimed for the asking worker, who stores it.
        CLAIMED,
        /// Another worker of this session is storing it right now.
        PENDING
    }

    private final MemorySegment ids;
    private final MemorySegment places;
    private final Answer[] answers;
    private final BatchScratch scratch;
    private int size;

    public LookupBatch(int capacity) {
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException("batch capacity out of range: " + capacity);
        }
        Arena arena = Arena.ofAuto();
        ids = arena.allocate((long) capacity * ChunkId.BYTES, 64);
        places = arena.allocate((long) capacity * RowFormat.WIDE_BYTES, 64);
        answers = new Answer[capacity];
        Arrays.fill(answers, Answer.MISSING);
        scratch = new BatchScratch(ids, capacity);
    }

    public int capacity() {
        return answers.length;
    }

    public int size() {
        return size;
    }

    public boolean isFull() {
        return size == answers.length;
    }

    public void clear() {
        size = 0;
    }

    /// Appends an id and returns its number in this batch.
    public int add(ChunkId id) {
        int i = next();
        id.write(ids, (long) i * ChunkId.BYTES);
        return i;
    }

    /// Appends the id that stands at `source[offset]`, 32 bytes, and returns its number in this
    /// batch.
    public int add(MemorySegment source, long offset) {
        int i = next();
        MemorySegment.copy(source, offset, ids, (long) i * ChunkId.BYTES, ChunkId.BYTES);
        return i;
    }

    private int next() {
        if (isFull()) {
            throw new IllegalStateException("batch is full: " + size);
        }
        answers[size] = Answer.MISSING;
        return size++;
    }

    public ChunkId id(int i) {
        return ChunkId.read(ids, (long) check(i) * ChunkId.BYTES);
    }

    public Answer answer(int i) {
        return answers[check(i)];
    }

    public boolean found(int i) {
        return answers[check(i)] == Answer.FOUND;
    }

    /// Where a found chunk stands.
    public ChunkRef ref(int i) {
        if (!found(i)) {
            throw new IllegalStateException("not found: " + id(i));
        }
        return RowFormat.readWide(id(i), places, placeOffset(i));
    }

    /// How many have this answer.
    public int count(Answer answer) {
        int count = 0;
        for (int i = 0; i < size; i++) {
            count += answers[i] == answer ? 1 : 0;
        }
        return count;
    }

    MemorySegment ids() {
        return ids;
    }

    MemorySegment places() {
        return places;
    }

    BatchScratch scratch() {
        return scratch;
    }

    static long placeOffset(int i) {
        return (long) i * RowFormat.WIDE_BYTES;
    }

    void answer(int i, Answer answer) {
        answers[i] = answer;
    }

    void found(int i, ChunkRef ref) {
        RowFormat.writeWide(places, placeOffset(i), ref);
        answers[i] = Answer.FOUND;
    }

    private int check(int i) {
        if (i < 0 || i >= size) {
            throw new IndexOutOfBoundsException("no such number in the batch: " + i);
        }
        return i;
    }
}
