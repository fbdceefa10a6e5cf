package io.godwit.collect;

import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import java.util.HashSet;
import java.util.Set;

/// Finds the packs that snapshots need.
@FunctionalInterface
public interface PackMark {
    /// What becomes of roots, nodes and pages whose packs are not there.
    enum Missing {
        /// They are damage.
        FAILS,
        /// They are passed over, and everything else is marked.
        IS_SKIPPED
    }

    /// Adds every pack that a restore of the snapshot with this root may read. What this mark has
    /// reached before, from another root, need not be added again.
    ///
    /// @throws io.godwit.error.GodwitException `CORRUPT`, or `NOT_FOUND` unless that is skipped,
    ///     when something on the way cannot be read; what was found before stands in `packs`
    void mark(ChunkRef root, Missing missing, Set<PackId> packs);

    /// The same, and says which chunks are needed where that matters. A mark that knows packs only
    /// names these: then none of them is repacked.
    default void mark(ChunkRef root, Missing missing, References found) {
        Set<PackId> packs = new HashSet<>();
        try {
            mark(root, missing, packs);
        } finally {
            packs.forEach(found::pack);
        }
    }
}
