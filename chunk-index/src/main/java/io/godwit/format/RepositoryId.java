package io.godwit.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HexFormat;

/// Names a repository: 16 random bytes, chosen once at `init`. Every object of the repository
/// carries it.
public record RepositoryId(long high, long low) {
    public static final int BYTES = 16;

    private static final ValueLayout.OfLong WORD =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /// Takes the 16 bytes.
    ///
    /// @throws IllegalArgumentException when there are more or fewer
    public static RepositoryId of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("repository id length: " + bytes.length);
        }
        return read(MemorySegment.ofArray(bytes), 0);
    }

    public static RepositoryId read(MemorySegment source, long offset) {
        return new RepositoryId(source.get(WORD, offset), source.get(WORD, offset + 8));
    }

    /// Reads the written form.
    ///
    /// @throws IllegalArgumentException when `text` is not one
    public static RepositoryId parse(String text) {
        return of(HexFormat.of().parseHex(text));
    }

    public void write(MemorySegment target, long offset) {
        target.set(WORD, offset, high);
        target.set(WORD, offset + 8, low);
    }

    public byte[] toByteArray() {
        byte[] bytes = new byte[BYTES];
        write(MemorySegment.ofArray(bytes), 0);
        return bytes;
    }

    /// 32 hexadecimal digits.
    @Override
    public String toString() {
        return "%016x%016x".formatted(high, low);
    }
}
