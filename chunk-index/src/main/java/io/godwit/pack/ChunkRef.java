package io.godwit.pack;

import io.godwit.chunk.ChunkId;

/// A chunk and where it stands: a part of a record's plain bytes.
///
/// @param plainOffset of the chunk in the record's plain bytes
/// @param length of the chunk in plain bytes
public record ChunkRef(ChunkId id, RecordRef record, int plainOffset, int length) {
    public ChunkRef {
        if (plainOffset < 0 || length <= 0 || plainOffset + (long) length > record.plainLength()) {
            throw new IllegalArgumentException(
                    "chunk reference out of range: offset=%d length=%d record=%d"
                            .formatted(plainOffset, length, record.plainLength()));
        }
    }

    /// Whether the record holds this chunk and nothing else; then its id is authenticated with the
    /// record.
    public boolean alone() {
        return plainOffset == 0 && length == record.plainLength();
    }
}
