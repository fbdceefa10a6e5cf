package io.godwit.volume;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HexFormat;

/// The keyed digest of what a page or a subtree says about a volume's content, 32 bytes.
///
/// It covers canonical extents and chunk ids, never where a chunk is stored nor how a page is
/// encoded. Equal digests are equal content. The reverse does not hold: the same bytes cut into
/// other chunks differ. A collector must not skip by it, because equal content may stand in
/// different packs.
public record ContentDigest(long word0, long word1, long word2, long word3) {
    public static final int BYTES = 32;

    private static final ValueLayout.OfLong WORD =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    public static ContentDigest read(MemorySegment source, long offset) {
        return new ContentDigest(
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
