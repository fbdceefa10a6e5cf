package io.godwit.digest;

import java.lang.foreign.MemorySegment;

/// Keyed BLAKE3 of whole leaves, many at a time.
///
/// A leaf is 4096 bytes; its digest is the standard keyed BLAKE3 hash of these bytes (32 bytes), so
/// that any BLAKE3 implementation can check ours. Implementations differ in speed only. An instance
/// belongs to one thread: it keeps scratch space between calls and allocates nothing per call.
public interface LeafHasher {
    int LEAF_BYTES = 4096;
    int DIGEST_BYTES = 32;

    /// Hashes `leaves` whole leaves that start at `source[sourceOffset]` (any alignment) and writes
    /// 32 bytes for each, in order, from `digests[digestsOffset]` on.
    void hashLeaves(
            MemorySegment source,
            long sourceOffset,
            int leaves,
            MemorySegment digests,
            long digestsOffset);

    /// Hashes one last leaf at its true length, 1 to 4096 bytes.
    void hashShortLeaf(
            MemorySegment source,
            long sourceOffset,
            int length,
            MemorySegment digests,
            long digestsOffset);

    /// The name of the kernel in use as `doctor` shows it, for example `vector-512` or `scalar`.
    String kernel();
}
