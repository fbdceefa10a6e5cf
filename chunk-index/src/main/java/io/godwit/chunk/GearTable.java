package io.godwit.chunk;

import io.godwit.digest.DigestKey;
import io.godwit.digest.KeyedHasher;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// The 256 secret words of a keyed Gear hash.
///
/// Words 4i to 4i+3 are the 32 bytes of the keyed BLAKE3 digest of the ASCII text `godwit gear
/// table 1` followed by the byte i, as little-endian numbers.
final class GearTable {
    static final int WORDS = 256;

    private static final String LABEL = "godwit gear table 1";

    private static final ValueLayout.OfLong WORD =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private GearTable() {}

    static long[] derive(DigestKey key) {
        byte[] label = LABEL.getBytes(StandardCharsets.US_ASCII);
        int wordsPerDigest = KeyedHasher.DIGEST_BYTES / Long.BYTES;
        KeyedHasher hasher = new KeyedHasher(key);
        long[] table = new long[WORDS];
        for (int word = 0; word < WORDS; word += wordsPerDigest) {
            hasher.reset();
            hasher.update(label, 0, label.length);
            hasher.updateByte(word / wordsPerDigest);
            MemorySegment digest = MemorySegment.ofArray(hasher.finish());
            for (int i = 0; i < wordsPerDigest; i++) {
                table[word + i] = digest.get(WORD, (long) Long.BYTES * i);
            }
        }
        return table;
    }
}
