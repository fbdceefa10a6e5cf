package io.godwit.volume;

import io.godwit.format.ByteWriter;
import io.godwit.pack.ChunkRef;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// A page with every page below it, as bytes: what a patch on it is computed from.
///
/// Filled by [PageLoader], read by [PageWriter]; reused by one thread. Holds at most ten pages.
public final class PageChain {
    private final ByteWriter bytes = new ByteWriter();
    private final List<ChunkRef> refs = new ArrayList<>();
    private final long[] starts = new long[PageFormat.MAX_DEPTH + 2];

    public void clear() {
        bytes.reset();
        refs.clear();
    }

    /// Adds the page below those added so far.
    void add(ChunkRef ref, MemorySegment content) {
        starts[refs.size()] = bytes.size();
        bytes.bytes(content, 0, content.byteSize());
        refs.add(ref);
        starts[refs.size()] = bytes.size();
    }

    /// The depth of the topmost page: 0 when it is full.
    public int depth() {
        return refs.size() - 1;
    }

    /// The pages from the top down to the full one; a collector keeps them all.
    public List<ChunkRef> pages() {
        return List.copyOf(refs);
    }

    ChunkRef page(int depth) {
        return refs.get(depth() - depth);
    }

    long length(int depth) {
        int index = depth() - depth;
        return starts[index + 1] - starts[index];
    }

    MemorySegment content(int depth) {
        return bytes.written().asSlice(starts[depth() - depth], length(depth));
    }
}
