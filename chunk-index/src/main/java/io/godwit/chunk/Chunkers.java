package io.godwit.chunk;

import io.godwit.digest.DigestKey;

/// Makes the chunker that a [ChunkerSpec] names.
public final class Chunkers {
    private Chunkers() {}

    /// A chunker for one thread.
    ///
    /// @param gearKey seeds the table of `gear`; the others do not use it
    public static Chunker create(ChunkerSpec spec, DigestKey gearKey) {
        return switch (spec) {
            case ChunkerSpec.Leaf leaf -> new LeafChunker();
            case ChunkerSpec.Gear gear -> new GearChunker(gear, gearKey);
            case ChunkerSpec.Fixed fixed -> new FixedChunker(fixed);
        };
    }
}
