package io.godwit.digest;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/// Keyed BLAKE3 of input of any length, fed in pieces of any size; digests have 32 bytes.
///
/// For ids, names and pages: leaves in bulk go through a [LeafHasher]. Owned by one thread,
/// reusable after [#reset()], allocates nothing but what [#finish()] returns. `finish` does not
/// disturb the state: more may be added and a longer prefix finished again.
public final class KeyedHasher {
    public static final int DIGEST_BYTES = 32;

    /// Levels of the tree: 2^54 chunks of 1 KiB are 2^64 bytes.
    private static final int LEVELS = 54;

    private final int[] key;

    /// Of the chunk at hand, over the blocks compressed so far.
    private final int[] cv = new int[Compression.CV_WORDS];

    private final int[] output = new int[Compression.CV_WORDS];
    private final int[] words = new int[Compression.BLOCK_WORDS];
    private final int[] waiting = new int[LEVELS * Compression.CV_WORDS];

    /// The block at hand. It may be the last one of a chunk or of the input, which the compression
    /// must know, so a full block is kept until another byte follows.
    private final MemorySegment block = MemorySegment.ofArray(new byte[Compression.BLOCK_BYTES]);

    private int blockBytes;
    private int chunkBlocks;
    private long chunks;

    public KeyedHasher(DigestKey key) {
        this.key = key.words();
        reset();
    }

    /// Forgets everything fed so far.
    public void reset() {
        System.arraycopy(key, 0, cv, 0, Compression.CV_WORDS);
        blockBytes = 0;
        chunkBlocks = 0;
        chunks = 0;
    }

    public void update(byte[] source, int offset, int length) {
        update(MemorySegment.ofArray(source), offset, length);
    }

    public void update(MemorySegment source, long offset, long length) {
        Objects.checkFromIndexSize(offset, length, source.byteSize());
        long at = offset;
        long end = offset + length;
        while (at < end) {
            if (blockBytes == Compression.BLOCK_BYTES) {
                Compression.loadBlock(block, 0, words);
                compressBlock();
                blockBytes = 0;
            }
            if (blockBytes == 0) {
                for (; end - at > Compression.BLOCK_BYTES; at += Compression.BLOCK_BYTES) {
                    Compression.loadBlock(source, at, words);
                    compressBlock();
                }
            }
            int take = (int) Math.min(end - at, Compression.BLOCK_BYTES - blockBytes);
            MemorySegment.copy(source, at, block, blockBytes, take);
            blockBytes += take;
            at += take;
        }
    }

    /// Adds the low 8 bits.
    public void updateByte(int value) {
        room(1);
        block.set(ValueLayout.JAVA_BYTE, blockBytes++, (byte) value);
    }

    /// Adds eight bytes, little-endian.
    public void updateLong(long value) {
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            updateByte((int) (value >>> shift));
        }
    }

    public byte[] finish() {
        byte[] digest = new byte[DIGEST_BYTES];
        finish(MemorySegment.ofArray(digest), 0);
        return digest;
    }

    /// Writes the digest of everything fed since the last reset.
    public void finish(MemorySegment out, long offset) {
        Objects.checkFromIndexSize(offset, DIGEST_BYTES, out.byteSize());
        finishChunk();
        for (int level = 0; chunks >>> level != 0; level++) {
            if (((chunks >>> level) & 1) != 0) {
                parent(level, chunks >>> level == 1 ? Compression.ROOT : 0);
            }
        }
        for (int i = 0; i < Compression.CV_WORDS; i++) {
            out.set(Compression.WORD, offset + (long) Integer.BYTES * i, output[i]);
        }
    }

    private void room(int bytes) {
        if (blockBytes + bytes > Compression.BLOCK_BYTES) {
            Compression.loadBlock(block, 0, words);
            compressBlock();
            blockBytes = 0;
        }
    }

    /// Compresses a whole block that another byte follows.
    private void compressBlock() {
        boolean last = chunkBlocks == Compression.CHUNK_BLOCKS - 1;
        int flags = blockFlags() | (last ? Compression.CHUNK_END : 0);
        Compression.compress(cv, words, chunks, Compression.BLOCK_BYTES, flags);
        chunkBlocks++;
        if (last) {
            System.arraycopy(cv, 0, output, 0, Compression.CV_WORDS);
            mergeComplete();
            System.arraycopy(key, 0, cv, 0, Compression.CV_WORDS);
            chunkBlocks = 0;
        }
    }

    /// Counts the chunk in `output` as complete and merges what is a whole subtree now; more
    /// follows, so none of it is the root.
    private void mergeComplete() {
        chunks++;
        int level = 0;
        for (; ((chunks >>> level) & 1) == 0; level++) {
            parent(level, 0);
        }
        System.arraycopy(output, 0, waiting, level * Compression.CV_WORDS, Compression.CV_WORDS);
    }

    /// Leaves the chaining value of the last chunk in `output` and the state as it was.
    private void finishChunk() {
        System.arraycopy(cv, 0, output, 0, Compression.CV_WORDS);
        Compression.loadPartialBlock(block, 0, blockBytes, words);
        int root = chunks == 0 ? Compression.ROOT : 0;
        Compression.compress(
                output, words, chunks, blockBytes, blockFlags() | Compression.CHUNK_END | root);
    }

    private int blockFlags() {
        return Compression.KEYED_HASH | (chunkBlocks == 0 ? Compression.CHUNK_START : 0);
    }

    private void parent(int level, int root) {
        System.arraycopy(waiting, level * Compression.CV_WORDS, words, 0, Compression.CV_WORDS);
        System.arraycopy(output, 0, words, Compression.CV_WORDS, Compression.CV_WORDS);
        System.arraycopy(key, 0, output, 0, Compression.CV_WORDS);
        int flags = Compression.KEYED_HASH | Compression.PARENT | root;
        Compression.compress(output, words, 0, Compression.BLOCK_BYTES, flags);
    }
}
