package io.godwit.chunk;

import io.godwit.digest.DigestKey;
import io.godwit.digest.Kernel;
import io.godwit.digest.KeyedHasher;
import io.godwit.digest.LeafHasher;
import io.godwit.digest.LeafHashers;
import java.lang.foreign.MemorySegment;

/// Computes chunk ids: two levels of keyed BLAKE3.
///
/// ```
/// leaf digest = keyed(leaf key, the leaf's bytes)                                   32 bytes
/// chunk id    = keyed(key of the type, type u8 || length u64 || leaf digests)       32 bytes
/// ```
///
/// Leaves have 4096 bytes but for the last, which is hashed at its true length. Owned by one
/// thread; allocates nothing per chunk but the id.
public final class ChunkHasher {
    private final LeafHasher leaves;
    private final KeyedHasher dataIds;
    private final KeyedHasher metaIds;
    private final byte[] idBytes = new byte[ChunkId.BYTES];
    private final MemorySegment id = MemorySegment.ofArray(idBytes);
    private final MemorySegment zeroLeafDigest =
            MemorySegment.ofArray(new byte[LeafHasher.DIGEST_BYTES]);

    public ChunkHasher(DigestKey leafKey, DigestKey dataKey, DigestKey metaKey, Kernel kernel) {
        leaves = LeafHashers.create(leafKey, kernel);
        dataIds = new KeyedHasher(dataKey);
        metaIds = new KeyedHasher(metaKey);
        MemorySegment zeros = MemorySegment.ofArray(new byte[LeafHasher.LEAF_BYTES]);
        leaves.hashLeaves(zeros, 0, 1, zeroLeafDigest, 0);
    }

    /// The leaf hasher, for callers that hash leaves before they know the chunks. Same owner.
    public LeafHasher leaves() {
        return leaves;
    }

    /// The id of a chunk of `length` bytes whose leaf digests start at `digests[offset]`.
    public ChunkId id(ChunkType type, long length, MemorySegment digests, long offset) {
        if (length <= 0) {
            throw new IllegalArgumentException("chunk length out of range: bytes=" + length);
        }
        KeyedHasher hasher =
                switch (type) {
                    case DATA -> dataIds;
                    case META -> metaIds;
                };
        hasher.reset();
        hasher.updateByte(type.code());
        hasher.updateLong(length);
        hasher.update(digests, offset, digestsBytes(length));
        hasher.finish(id, 0);
        return ChunkId.read(id, 0);
    }

    /// Hashes a chunk's content: writes its leaf digests from `digestsOut[digestsOffset]` on,
    /// returns its id.
    public ChunkId hash(
            ChunkType type,
            MemorySegment content,
            long offset,
            long length,
            MemorySegment digestsOut,
            long digestsOffset) {
        int whole = Math.toIntExact(length / LeafHasher.LEAF_BYTES);
        int rest = (int) (length % LeafHasher.LEAF_BYTES);
        leaves.hashLeaves(content, offset, whole, digestsOut, digestsOffset);
        if (rest > 0) {
            leaves.hashShortLeaf(
                    content,
                    offset + (long) whole * LeafHasher.LEAF_BYTES,
                    rest,
                    digestsOut,
                    digestsOffset + (long) whole * LeafHasher.DIGEST_BYTES);
        }
        return id(type, length, digestsOut, digestsOffset);
    }

    /// Writes the digest of a leaf that is all zeros.
    public void zeroLeafDigest(MemorySegment out, long offset) {
        MemorySegment.copy(zeroLeafDigest, 0, out, offset, LeafHasher.DIGEST_BYTES);
    }

    /// Bytes of the leaf digests of a chunk of `length` bytes.
    public static long digestsBytes(long length) {
        return Math.ceilDiv(length, (long) LeafHasher.LEAF_BYTES) * LeafHasher.DIGEST_BYTES;
    }
}
