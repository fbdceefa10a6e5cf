package io.godwit.volume;

import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;

/// Where chunks lie now whose packs were repacked and deleted. Any thread may ask.
public interface Relocation {
    /// Whether the pack is known to be repacked: then nothing can be read from it.
    boolean moved(PackId pack);

    /// Where the chunk lies now; the reference itself when its pack was not repacked, or when none
    /// of the packs that took its place holds the chunk.
    ChunkRef locate(ChunkRef ref);

    /// Is told that a pack is not there, and learns what was repacked meanwhile. True when the pack
    /// was: then it is worth asking [#locate] once more.
    boolean learn(PackId missing);

    /// Learns every move that is published by now: what a collector does before it marks.
    void refresh();

    /// Nothing was ever repacked.
    static Relocation none() {
        return new Relocation() {
            @Override
            public boolean moved(PackId pack) {
                return false;
            }

            @Override
            public ChunkRef locate(ChunkRef ref) {
                return ref;
            }

            @Override
            public boolean learn(PackId missing) {
                return false;
            }

            @Override
            public void refresh() {}
        };
    }
}
