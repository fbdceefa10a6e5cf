package io.godwit.collect;

import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;

/// Is told what a mark reaches, with the places where chunks lie now. Called by one thread at a
/// time.
public interface References {
    /// Something in the pack is needed; what, does not matter or is not known.
    void pack(PackId pack);

    /// Whether it matters which chunks of the pack are needed. When it does not, [#pack] is enough.
    boolean wantsChunks(PackId pack);

    /// A chunk is needed. The same one may be told of many times.
    void chunk(ChunkRef chunk);
}
