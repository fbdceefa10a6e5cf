package io.godwit.volume;

import io.godwit.pack.ChunkRef;

/// A page and what it says: where it is stored, and the digest of its effective content.
public record PageRef(ChunkRef chunk, ContentDigest content) {}
