package io.godwit.digest;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// The checks that every kernel makes before it touches memory.
final class LeafBounds {
    private LeafBounds() {}

    static void check(
            MemorySegment source,
            long sourceOffset,
            int leaves,
            MemorySegment digests,
            long digestsOffset) {
        if (leaves < 0) {
            throw new IllegalArgumentException("leaf count out of range: leaves=" + leaves);
        }
        Objects.checkFromIndexSize(
                sourceOffset, (long) leaves * LeafHasher.LEAF_BYTES, source.byteSize());
        Objects.checkFromIndexSize(
                digestsOffset, (long) leaves * LeafHasher.DIGEST_BYTES, digests.byteSize());
    }

    static void checkShort(
            MemorySegment source,
            long sourceOffset,
            int length,
            MemorySegment digests,
            long digestsOffset) {
        if (length < 1 || length > LeafHasher.LEAF_BYTES) {
            throw new IllegalArgumentException("leaf length out of range: bytes=" + length);
        }
        Objects.checkFromIndexSize(sourceOffset, length, source.byteSize());
        Objects.checkFromIndexSize(digestsOffset, LeafHasher.DIGEST_BYTES, digests.byteSize());
    }
}
