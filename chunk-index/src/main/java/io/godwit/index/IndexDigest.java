package io.godwit.index;

import io.godwit.chunk.ChunkId;
import io.godwit.digest.DigestKey;
import io.godwit.digest.KeyedHasher;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// One number for a set of data chunks: equal for equal sets of ids and lengths, wherever the
/// chunks stand and in whatever order they are met.
///
/// It is the exclusive or of the chunks' hashes, BLAKE3 keyed over `id length` in ASCII, so each
/// chunk is to be added once. Owned by one thread.
public final class IndexDigest {
    private final KeyedHasher hasher;
    private final byte[] digest = new byte[32];
    private long chunks;

    /// @param key of the repository's metadata: without it nobody can tell what is in an index
    public IndexDigest(DigestKey key) {
        hasher = new KeyedHasher(key);
    }

    public void add(ChunkId id, int length) {
        byte[] text = (id + " " + length).getBytes(StandardCharsets.US_ASCII);
        hasher.reset();
        hasher.update(text, 0, text.length);
        byte[] hash = hasher.finish();
        for (int i = 0; i < digest.length; i++) {
            digest[i] ^= hash[i];
        }
        chunks++;
    }

    public long chunks() {
        return chunks;
    }

    /// 64 hexadecimal digits.
    public String hex() {
        return HexFormat.of().formatHex(digest);
    }
}
