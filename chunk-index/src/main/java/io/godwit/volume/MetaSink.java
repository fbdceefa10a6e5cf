package io.godwit.volume;

import io.godwit.pack.ChunkRef;
import java.lang.foreign.MemorySegment;

/// Where pages, nodes and roots are written to: seals them into a pack of the session.
public interface MetaSink {
    /// Stores the first `length` bytes of `plain` as a META chunk. `plain` is the caller's again
    /// when this returns; the chunk is durable when its pack is.
    ChunkRef put(MemorySegment plain, int length);
}
