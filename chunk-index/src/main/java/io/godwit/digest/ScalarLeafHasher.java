package io.godwit.digest;

import java.lang.foreign.MemorySegment;

/// Hashes leaves with plain integers, one after the other: runs anywhere, and is what the vectors
/// are tested against.
///
/// Owned by one thread; keeps its scratch space and allocates nothing per call.
final class ScalarLeafHasher implements LeafHasher {
    /// Chaining values on the way up: a leaf has at most four chunks, so one waits at each of two
    /// levels.
    private static final int LEVELS = 2;

    private final int[] key;
    private final int[] cv = new int[Compression.CV_WORDS];
    private final int[] block = new int[Compression.BLOCK_WORDS];
    private final int[] waiting = new int[LEVELS * Compression.CV_WORDS];

    ScalarLeafHasher(DigestKey key) {
        this.key = key.words();
    }

    @Override
    public void hashLeaves(
            MemorySegment source,
            long sourceOffset,
            int leaves,
            MemorySegment digests,
            long digestsOffset) {
        LeafBounds.check(source, sourceOffset, leaves, digests, digestsOffset);
        for (int leaf = 0; leaf < leaves; leaf++) {
            hash(
                    source,
                    sourceOffset + (long) leaf * LEAF_BYTES,
                    LEAF_BYTES,
                    digests,
                    digestsOffset + (long) leaf * DIGEST_BYTES);
        }
    }

    @Override
    public void hashShortLeaf(
            MemorySegment source,
            long sourceOffset,
            int length,
            MemorySegment digests,
            long digestsOffset) {
        LeafBounds.checkShort(source, sourceOffset, length, digests, digestsOffset);
        hash(source, sourceOffset, length, digests, digestsOffset);
    }

    @Override
    public String kernel() {
        return "scalar";
    }

    private void hash(
            MemorySegment source, long offset, int length, MemorySegment out, long outOffset) {
        int chunks = (length + Compression.CHUNK_BYTES - 1) / Compression.CHUNK_BYTES;
        for (int chunk = 0; chunk < chunks; chunk++) {
            boolean last = chunk == chunks - 1;
            int start = chunk * Compression.CHUNK_BYTES;
            int bytes = last ? length - start : Compression.CHUNK_BYTES;
            int root = chunks == 1 ? Compression.ROOT : 0;
            chunk(source, offset + start, bytes, chunk, root);
            if (!last) {
                mergeComplete(chunk + 1);
            }
        }
        mergeRest(chunks - 1);
        for (int i = 0; i < Compression.CV_WORDS; i++) {
            out.set(Compression.WORD, outOffset + (long) Integer.BYTES * i, cv[i]);
        }
    }

    /// Leaves the chaining value of one chunk of 1 to 1024 bytes in `cv`.
    private void chunk(MemorySegment source, long offset, int length, int counter, int root) {
        System.arraycopy(key, 0, cv, 0, Compression.CV_WORDS);
        int flags = Compression.KEYED_HASH | Compression.CHUNK_START;
        int at = 0;
        for (; length - at > Compression.BLOCK_BYTES; at += Compression.BLOCK_BYTES) {
            Compression.loadBlock(source, offset + at, block);
            Compression.compress(cv, block, counter, Compression.BLOCK_BYTES, flags);
            flags = Compression.KEYED_HASH;
        }
        Compression.loadPartialBlock(source, offset + at, length - at, block);
        Compression.compress(cv, block, counter, length - at, flags | Compression.CHUNK_END | root);
    }

    /// Merges what waits as long as the number of chunks so far is even, then lets the result wait:
    /// more chunks follow, so nothing here is a root.
    private void mergeComplete(int chunks) {
        int done = chunks;
        int level = 0;
        for (; (done & 1) == 0; done >>= 1) {
            parent(level++, 0);
        }
        System.arraycopy(cv, 0, waiting, level * Compression.CV_WORDS, Compression.CV_WORDS);
    }

    /// Merges the last chunk with all that waits; `before` chunks came before it, one bit a waiting
    /// level.
    private void mergeRest(int before) {
        for (int level = 0; before >> level != 0; level++) {
            if (((before >> level) & 1) != 0) {
                parent(level, before >> level == 1 ? Compression.ROOT : 0);
            }
        }
    }

    private void parent(int level, int root) {
        System.arraycopy(waiting, level * Compression.CV_WORDS, block, 0, Compression.CV_WORDS);
        System.arraycopy(cv, 0, block, Compression.CV_WORDS, Compression.CV_WORDS);
        System.arraycopy(key, 0, cv, 0, Compression.CV_WORDS);
        Compression.compress(
                cv,
                block,
                0,
                Compression.BLOCK_BYTES,
                Compression.KEYED_HASH | Compression.PARENT | root);
    }
}
