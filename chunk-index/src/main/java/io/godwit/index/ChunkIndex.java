package io.godwit.index;

import io.godwit.chunk.ChunkId;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where durable chunks stand, by their id.
///
/// It is a hint, never the truth: a miss costs a second copy of a chunk, and a hit is checked again
/// before anything is committed. So an implementation answers "not there" whenever it is in doubt,
/// and no method fails. All methods may be called from any number of threads.
public interface ChunkIndex {
    /// Where the chunk stands, or null when it has to be stored.
    @Nullable ChunkRef find(ChunkId id);

    /// Looks all ids of the batch up at once; much cheaper a piece than one by one.
    void find(LookupBatch batch);

    /// Marks a stretch in which answers of this index become references of the caller: [#condemn]
    /// waits until every use that began before it has ended. A look-up alone is a use of its own;
    /// who writes its answers down afterwards opens one around both. A use is short: a batch, never
    /// a wait for a store.
    LookupGate.Use use();

    /// Makes these packs unusable for look-ups, for this process, and returns after every
    /// [use][#use] that may still have seen them has ended.
    void condemn(Set<PackId> packs);

    /// Adds chunks whose packs are durable.
    void add(List<ChunkRef> durable);
}
