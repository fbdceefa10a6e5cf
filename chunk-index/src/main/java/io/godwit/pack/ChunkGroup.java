package io.godwit.pack;

import io.godwit.chunk.ChunkId;
import java.util.Arrays;

/// Neighbouring chunks that shall share one record: their ids and lengths, in order. Reusable;
/// belongs to one thread.
public final class ChunkGroup {
    private static final int FIRST_CAPACITY = 16;

    private ChunkId[] ids = new ChunkId[FIRST_CAPACITY];
    private int[] lengths = new int[FIRST_CAPACITY];
    private int count;
    private int plainLength;

    public ChunkGroup add(ChunkId id, int length) {
        if (length <= 0) {
            throw new IllegalArgumentException("chunk length out of range: " + length);
        }
        if (count == lengths.length) {
            ids = Arrays.copyOf(ids, 2 * count);
            lengths = Arrays.copyOf(lengths, 2 * count);
        }
        ids[count] = id;
        lengths[count++] = length;
        plainLength = Math.addExact(plainLength, length);
        return this;
    }

    public ChunkGroup clear() {
        Arrays.fill(ids, 0, count, ChunkId.NONE);
        count = 0;
        plainLength = 0;
        return this;
    }

    public int count() {
        return count;
    }

    public ChunkId id(int index) {
        return ids[index];
    }

    public int length(int index) {
        return lengths[index];
    }

    /// The sum of the lengths.
    public int plainLength() {
        return plainLength;
    }
}
