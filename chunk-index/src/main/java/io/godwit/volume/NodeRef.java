package io.godwit.volume;

import io.godwit.pack.ChunkRef;

/// A node of a volume's tree: where it is stored, and the digest of everything below it.
public record NodeRef(ChunkRef chunk, ContentDigest content) {}
