package io.godwit.volume;

import io.godwit.pack.ChunkRef;

/// Something that goes with a snapshot: a file index, manifests. Reserved; version 1 attaches
/// nothing.
///
/// @param kind a number that says how to read it; readers skip kinds they do not know
public record Attachment(int kind, ChunkRef chunk) {
    public Attachment {
        if (kind < 0) {
            throw new IllegalArgumentException("negative attachment kind: " + kind);
        }
    }
}
