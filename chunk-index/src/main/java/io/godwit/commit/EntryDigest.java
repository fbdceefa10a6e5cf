package io.godwit.commit;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// SHA-256 of an entry as [EntryFormat] writes it. A child names its parent's, so that a history
/// cannot be rewritten below it without being noticed.
public record EntryDigest(long word0, long word1, long word2, long word3) {
    static final int BYTES = 32;

    public static EntryDigest of(CatalogueEntry entry) {
        return ofContent(EntryFormat.encode(entry));
    }

    static EntryDigest ofContent(byte[] content) {
        try {
            return read(ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(content)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static EntryDigest read(ByteBuffer source) {
        return new EntryDigest(
                source.getLong(), source.getLong(), source.getLong(), source.getLong());
    }

    byte[] toByteArray() {
        return ByteBuffer.allocate(BYTES)
                .putLong(word0)
                .putLong(word1)
                .putLong(word2)
                .putLong(word3)
                .array();
    }

    @Override
    public String toString() {
        return Hex.digits(word0) + Hex.digits(word1) + Hex.digits(word2) + Hex.digits(word3);
    }
}
