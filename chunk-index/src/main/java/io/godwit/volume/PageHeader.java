package io.godwit.volume;

import io.godwit.pack.ChunkRef;
import java.util.Optional;

/// What a page says of itself before its extents.
///
/// @param grain the bytes of a unit, 4096 or 1
/// @param regionLength of the region in bytes
/// @param depth 0 for a full page, else how many pages lie below this patch
/// @param parent the page below a patch
public record PageHeader(int grain, int regionLength, int depth, Optional<ChunkRef> parent) {
    public PageHeader {
        if (depth < 0 || parent.isPresent() != (depth > 0)) {
            throw new IllegalArgumentException("patch without parent, or parent of a full page");
        }
    }

    /// Whether the page only lists what differs from its parent.
    public boolean isPatch() {
        return depth > 0;
    }
}
