package io.godwit.digest;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.Arrays;

/// Hashes leaves with vectors: a lane for each chunk of 1024 bytes, so 4 (or 2) leaves at a time;
/// their parents and roots in lanes, too, for up to 16 leaves together.
///
/// Off-heap memory is read in place and must stay alive during the call, as with any call of native
/// code: it is checked once, at the start. Memory on the heap, and leaves that do not fill all
/// lanes, go through a staging buffer.
///
/// Owned by one thread; keeps its scratch space and allocates nothing per call.
final class VectorLeafHasher implements LeafHasher {
    private static final int LANES = VectorKernel.LANES;
    private static final int LEAF_CHUNKS = LEAF_BYTES / Compression.CHUNK_BYTES;
    private static final int GROUP_LEAVES = LANES / LEAF_CHUNKS;
    private static final int GROUP_BYTES = GROUP_LEAVES * LEAF_BYTES;

    /// As many leaves as there can be lanes: then the roots fill a vector, and parents cost one
    /// compression for 21 of chunks.
    private static final int BATCH_LEAVES = 16;

    private static final int BATCH_CHUNKS = BATCH_LEAVES * LEAF_CHUNKS;

    private final ScalarLeafHasher scalar;
    private final int[] key;
    private final int[] counters = new int[LANES];
    private final int[] zeros = new int[LANES];
    private final int[] message = new int[VectorKernel.BLOCK_INTS];

    /// Chaining values word by word: of chunks, of their parents, and of roots.
    private final int[] chunks = new int[Compression.CV_WORDS * BATCH_CHUNKS];

    private final int[] parents = new int[Compression.CV_WORDS * BATCH_CHUNKS / 2];
    private final int[] roots = new int[Compression.CV_WORDS * BATCH_LEAVES];
    private final MemorySegment staging = Arena.ofAuto().allocate(GROUP_BYTES, 64);

    VectorLeafHasher(DigestKey key) {
        this.key = key.words();
        scalar = new ScalarLeafHasher(key);
        Arrays.setAll(counters, lane -> lane % LEAF_CHUNKS);
    }

    @Override
    public void hashLeaves(
            MemorySegment source,
            long sourceOffset,
            int leaves,
            MemorySegment digests,
            long digestsOffset) {
        LeafBounds.check(source, sourceOffset, leaves, digests, digestsOffset);
        if (source.isNative() && leaves > 0) {
            requireAccess(source, sourceOffset);
        }
        try {
            for (int first = 0; first < leaves; first += BATCH_LEAVES) {
                int count = Math.min(leaves - first, BATCH_LEAVES);
                hashBatch(source, sourceOffset + (long) first * LEAF_BYTES, count);
                write(count, digests, digestsOffset + (long) first * DIGEST_BYTES);
            }
        } finally {
            Reference.reachabilityFence(source);
        }
    }

    @Override
    public void hashShortLeaf(
            MemorySegment source,
            long sourceOffset,
            int length,
            MemorySegment digests,
            long digestsOffset) {
        scalar.hashShortLeaf(source, sourceOffset, length, digests, digestsOffset);
    }

    @Override
    public String kernel() {
        return "vector-" + LANES * Integer.SIZE;
    }

    /// Lets the segment itself refuse: memory that was freed, or belongs to another thread.
    private static void requireAccess(MemorySegment source, long offset) {
        byte ignored = source.get(ValueLayout.JAVA_BYTE, offset);
    }

    /// Leaves the digests of up to 16 leaves in `roots`. Lanes that no leaf fills compute what
    /// nobody reads.
    private void hashBatch(MemorySegment source, long offset, int leaves) {
        for (int leaf = 0; leaf < leaves; leaf += GROUP_LEAVES) {
            long start = offset + (long) leaf * LEAF_BYTES;
            if (source.isNative() && leaves - leaf >= GROUP_LEAVES) {
                hashGroup(source.address() + start, leaf * LEAF_CHUNKS);
            } else {
                int bytes = Math.min(leaves - leaf, GROUP_LEAVES) * LEAF_BYTES;
                MemorySegment.copy(source, start, staging, 0, bytes);
                hashGroup(staging.address(), leaf * LEAF_CHUNKS);
            }
        }
        merge(chunks, BATCH_CHUNKS, parents, leaves * 2, 0);
        merge(parents, BATCH_CHUNKS / 2, roots, leaves, Compression.ROOT);
    }

    /// Computes the chaining values of as many chunks as there are lanes.
    private void hashGroup(long address, int chunk) {
        start(chunks, BATCH_CHUNKS, chunk);
        int flags = Compression.KEYED_HASH | Compression.CHUNK_START;
        for (int block = 0; block < Compression.CHUNK_BLOCKS; block++) {
            if (block == Compression.CHUNK_BLOCKS - 1) {
                flags |= Compression.CHUNK_END;
            }
            long at = address + (long) block * Compression.BLOCK_BYTES;
            VectorKernel.load(at, message, VectorKernel.HALVES);
            compress(chunks, BATCH_CHUNKS, chunk, counters, flags);
            flags = Compression.KEYED_HASH;
        }
    }

    /// Computes `count` parents of twice as many children.
    private void merge(int[] children, int stride, int[] merged, int count, int root) {
        int flags = Compression.KEYED_HASH | Compression.PARENT | root;
        for (int first = 0; first < count; first += LANES) {
            VectorKernel.pair(children, 2 * first, stride, message);
            start(merged, stride / 2, first);
            compress(merged, stride / 2, first, zeros, flags);
        }
    }

    private void start(int[] cv, int stride, int from) {
        for (int word = 0; word < Compression.CV_WORDS; word++) {
            int at = from + word * stride;
            Arrays.fill(cv, at, at + LANES, key[word]);
        }
    }

    private void compress(int[] cv, int stride, int from, int[] laneCounters, int flags) {
        VectorKernel.compress(
                message, cv, from, stride, laneCounters, flags, VectorKernel.HALF_ROUNDS);
    }

    private void write(int leaves, MemorySegment digests, long offset) {
        for (int leaf = 0; leaf < leaves; leaf++) {
            long at = offset + (long) leaf * DIGEST_BYTES;
            for (int word = 0; word < Compression.CV_WORDS; word++) {
                digests.set(
                        Compression.WORD,
                        at + (long) Integer.BYTES * word,
                        roots[word * BATCH_LEAVES + leaf]);
            }
        }
    }
}
