package io.godwit.index;

import io.godwit.chunk.ChunkId;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// What a cache knows without a database, or on top of one that it may not write: bounded, and gone
/// with the process.
///
/// Any number of threads.
final class MemoryTier {
    /// Rows at most: 40 MiB, the chunks of about 30 GiB.
    static final int MAX_ROWS = 1 << 19;

    /// Leaf lists at most: those of about 4 GiB.
    static final long MAX_LEAF_BYTES = 16L << 20;

    private final MemoryRows rows = new MemoryRows(MAX_ROWS);
    private final ConcurrentSkipListMap<byte[], byte[]> facts =
            new ConcurrentSkipListMap<>(Arrays::compareUnsigned);
    private final Map<PackId, MemorySegment> leaves = new LinkedHashMap<>(16, 0.75f, true);
    private long leafBytes;

    void find(LookupBatch batch, PackSet unusable) {
        rows.find(batch, unusable);
    }

    void add(List<ChunkRef> refs) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment row = arena.allocate(MemoryRows.ROW_BYTES, 8);
            for (ChunkRef ref : refs) {
                ref.id().write(row, 0);
                RowFormat.writeWide(row, ChunkId.BYTES, ref);
                rows.put(row, 0, row, ChunkId.BYTES);
            }
        }
    }

    void add(SegmentReader segment, PackSet unusable) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(ChunkId.BYTES, 8);
            while (segment.next()) {
                if (!RowFormat.in(unusable, segment.place(), 0)) {
                    segment.id().write(id, 0);
                    rows.put(id, 0, segment.place(), 0);
                }
            }
        }
    }

    /// The value of a fact: null when nothing is known here, empty when it is known to be deleted.
    byte @Nullable [] fact(byte[] key) {
        return facts.get(key);
    }

    void putFacts(Map<byte[], byte[]> changes) {
        facts.putAll(changes);
    }

    void facts(byte[] prefix, FactVisitor visitor) {
        for (Map.Entry<byte[], byte[]> fact : facts.tailMap(prefix, true).entrySet()) {
            if (!FactKeys.startsWith(fact.getKey(), prefix)) {
                break;
            }
            visitor.fact(fact.getKey(), fact.getValue());
        }
    }

    synchronized int readLeaves(PackId pack, MemorySegment target) {
        MemorySegment list = leaves.get(pack);
        if (list == null) {
            return -1;
        }
        MemorySegment.copy(list, 0, target, 0, Math.min(list.byteSize(), target.byteSize()));
        return (int) list.byteSize();
    }

    synchronized void putLeaves(PackId pack, MemorySegment content) {
        MemorySegment copy = Arena.ofAuto().allocate(Math.max(1, content.byteSize()));
        copy.copyFrom(content);
        forget(leaves.put(pack, copy.asSlice(0, content.byteSize())));
        leafBytes += content.byteSize();
        Iterator<MemorySegment> oldest = leaves.values().iterator();
        while (leafBytes > MAX_LEAF_BYTES && oldest.hasNext()) {
            leafBytes -= oldest.next().byteSize();
            oldest.remove();
        }
    }

    synchronized void deleteLeaves(List<PackId> packs) {
        packs.forEach(pack -> forget(leaves.remove(pack)));
    }

    private void forget(@Nullable MemorySegment list) {
        leafBytes -= list == null ? 0 : list.byteSize();
    }

    synchronized void clear() {
        rows.clear();
        facts.clear();
        leaves.clear();
        leafBytes = 0;
    }
}
