package io.godwit.volume;

import io.godwit.pack.ChunkRef;
import java.lang.foreign.MemorySegment;

/// Where pages, nodes and roots are read from: opens the record that a reference names.
public interface RecordSource {
    /// The chunk's plain bytes, authenticated as that chunk and exactly `ref.length()` long. Valid
    /// until the next call; an implementation belongs to one thread.
    ///
    /// @throws io.godwit.error.GodwitException `CORRUPT` when it does not open as that chunk,
    ///     `NOT_FOUND` when its pack is gone
    MemorySegment read(ChunkRef ref);

    /// Where the content of lost pages and nodes stands now. A writer that takes pages over has
    /// none: it may only build on what its pinned parent itself refers to.
    default Replacements replacements() {
        return Replacements.NONE;
    }
}
