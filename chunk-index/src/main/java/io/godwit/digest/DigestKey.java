package io.godwit.digest;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A secret of 32 bytes under which BLAKE3 runs in its keyed mode.
///
/// Immutable and shared freely between threads. Nothing here prints or returns the secret.
public final class DigestKey {
    public static final int BYTES = 32;

    private static final ValueLayout.OfInt WORD =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int[] words;

    private DigestKey(int[] words) {
        this.words = words;
    }

    /// A key with a copy of these 32 bytes; the caller may wipe its own.
    public static DigestKey of(byte[] secret) {
        if (secret.length != BYTES) {
            throw new IllegalArgumentException("key length wrong: bytes=" + secret.length);
        }
        MemorySegment bytes = MemorySegment.ofArray(secret);
        int[] words = new int[BYTES / Integer.BYTES];
        for (int i = 0; i < words.length; i++) {
            words[i] = bytes.get(WORD, (long) Integer.BYTES * i);
        }
        return new DigestKey(words);
    }

    /// The key as eight little-endian words in an array that the caller owns.
    int[] words() {
        return words.clone();
    }

    @Override
    public String toString() {
        return "DigestKey[secret]";
    }
}
