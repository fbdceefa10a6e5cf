package io.godwit.volume;

import io.godwit.pack.ChunkRef;
import io.godwit.pack.LeafList;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/// Leaf lists of chunks whose leaves were never there.
final class FakeLeafLists {
    private FakeLeafLists() {}

    /// The digest of a chunk's leaf: random, but always the same.
    static byte[] digest(ChunkRef chunk, int leaf) {
        byte[] digest = new byte[16];
        new Random(chunk.id().word0() + leaf).nextBytes(digest);
        return digest;
    }

    /// A leaf list's bytes as the format says.
    static LeafList list(List<ChunkRef> stored) {
        TreeMap<Integer, ChunkRef> sorted = new TreeMap<>();
        stored.forEach(ref -> sorted.put(ref.record().ordinal(), ref));
        int leaves = stored.stream().mapToInt(ref -> LeafList.leavesOf(ref.length())).sum();
        ByteBuffer bytes = ByteBuffer.allocate(8 + 16 * stored.size() + 16 * leaves);
        bytes.order(ByteOrder.LITTLE_ENDIAN).putInt(stored.size()).putInt(leaves);
        int first = 0;
        for (ChunkRef ref : sorted.values()) {
            int count = LeafList.leavesOf(ref.length());
            bytes.putInt(ref.record().ordinal()).putInt(ref.plainOffset());
            bytes.putInt(count).putInt(first);
            first += count;
        }
        for (ChunkRef ref : sorted.values()) {
            for (int leaf = 0; leaf < LeafList.leavesOf(ref.length()); leaf++) {
                bytes.put(digest(ref, leaf));
            }
        }
        return LeafList.of(MemorySegment.ofArray(bytes.array()), "test");
    }
}
