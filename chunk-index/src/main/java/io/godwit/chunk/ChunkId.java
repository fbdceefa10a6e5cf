package io.godwit.chunk;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HexFormat;

/// A chunk's keyed digest, 32 bytes: equal ids are equal contents within one repository.
///
/// Held as four big-endian words, so that comparing words as unsigned numbers orders ids by their
/// bytes.
public record ChunkId(long word0, long word1, long word2, long word3)
        implements Comparable<ChunkId> {
    public static final int BYTES = 32;

    /// The id that stands where a record holds several chunks: no chunk has it.
    public static final ChunkId NONE = new ChunkId(0, 0, 0, 0);

    private static final ValueLayout.OfLong WORD =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    public static ChunkId read(MemorySegment source, long offset) {
        return new ChunkId(
                source.get(WORD, offset),
                source.get(WORD, offset + 8),
                source.get(WORD, offset + 16),
                source.get(WORD, offset + 24));
    }

    public void write(MemorySegment target, long offset) {
        target.set(WORD, offset, word0);
        target.set(WORD, offset + 8, word1);
        target.set(WORD, offset + 16, word2);
        target.set(WORD, offset + 24, word3);
    }

    @Override
    public int compareTo(ChunkId other) {
        int order = Long.compareUnsigned(word0, other.word0);
        if (order == 0) {
            order = Long.compareUnsigned(word1, other.word1);
        }
        if (order == 0) {
            order = Long.compareUnsigned(word2, other.word2);
        }
        return order == 0 ? Long.compareUnsigned(word3, other.word3) : order;
    }

    /// 64 hexadecimal digits.
    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(word0)
                + hex.toHexDigits(word1)
                + hex.toHexDigits(word2)
                + hex.toHexDigits(word3);
    }
}
