package io.godwit.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.chunk.ChunkId;
import io.godwit.pack.ChunkRef;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/// Records in memory: what was put can be read, and is counted.
final class FakeRecords implements MetaSink, RecordSource {
    private final Map<ChunkId, byte[]> contents = new HashMap<>();
    private final TestChunks places;
    private MemorySegment lent = MemorySegment.NULL;
    int puts;
    int reads;
    long putBytes;

    FakeRecords(long seed) {
        places = new TestChunks(new Random(seed));
    }

    @Override
    public ChunkRef put(MemorySegment plain, int length) {
        byte[] content = plain.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        ChunkRef ref = places.next(length, true);
        contents.put(ref.id(), content);
        puts++;
        putBytes += length;
        return ref;
    }

    @Override
    public MemorySegment read(ChunkRef ref) {
        byte[] content = contents.get(ref.id());
        assertThat(content).as("record %s", ref.id()).hasSize(ref.length());
        reads++;
        lent.fill((byte) 0xee);
        lent = MemorySegment.ofArray(content.clone());
        return lent;
    }

    void resetCounts() {
        puts = 0;
        reads = 0;
        putBytes = 0;
    }
}
