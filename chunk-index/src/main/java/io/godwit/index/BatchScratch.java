package io.godwit.index;

import io.godwit.chunk.ChunkId;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// What a look-up in the database needs besides the batch itself: buffers at the vendor's edge,
/// made once.
final class BatchScratch {
    /// One place for a value: a packed row, on a line of its own.
    static final int VALUE_BYTES = 64;

    private final MemorySegment values;
    private final ByteBuffer[] keyOf;
    private final ByteBuffer[] valueOf;
    private final int[] numbers;
    private final List<ByteBuffer> keys;
    private final List<ByteBuffer> targets;

    BatchScratch(MemorySegment ids, int capacity) {
        values = Arena.ofAuto().allocate((long) capacity * VALUE_BYTES, 64);
        keyOf = new ByteBuffer[capacity];
        valueOf = new ByteBuffer[capacity];
        numbers = new int[capacity];
        keys = new ArrayList<>(capacity);
        targets = new ArrayList<>(capacity);
        for (int i = 0; i < capacity; i++) {
            keyOf[i] = ids.asSlice((long) i * ChunkId.BYTES, ChunkId.BYTES).asByteBuffer();
            valueOf[i] = values.asSlice((long) i * VALUE_BYTES, VALUE_BYTES).asByteBuffer();
        }
    }

    /// Takes those that are still missing, and returns how many.
    int gather(LookupBatch batch) {
        keys.clear();
        targets.clear();
        int count = 0;
        for (int i = 0; i < batch.size(); i++) {
            if (batch.answer(i) == LookupBatch.Answer.MISSING) {
                keys.add(keyOf[i].rewind());
                targets.add(valueOf[i].clear());
                numbers[count++] = i;
            }
        }
        return count;
    }

    List<ByteBuffer> keys() {
        return keys;
    }

    List<ByteBuffer> targets() {
        return targets;
    }

    /// The number in the batch of the k-th gathered key.
    int number(int k) {
        return numbers[k];
    }

    MemorySegment values() {
        return values;
    }

    static long valueOffset(int number) {
        return (long) number * VALUE_BYTES;
    }
}
