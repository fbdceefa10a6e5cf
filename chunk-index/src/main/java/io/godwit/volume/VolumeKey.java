package io.godwit.volume;

import io.godwit.digest.KeyedHasher;

/// What stands for a volume in object names: a keyed digest of its name, so that names leak
/// nothing.
///
/// 26 letters: the first 16 bytes of the digest in base32 (RFC 4648), lower case, without padding.
///
/// | input of the digest | bytes |
/// |---|---|
/// | domain, u64 little-endian (0 in version 1) | 8 |
/// | the volume's name in UTF-8 | 1-1024 |
public record VolumeKey(String value) implements Comparable<VolumeKey> {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
    private static final int BITS = 128;
    private static final int LETTER_BITS = 5;
    private static final int LENGTH = (BITS + LETTER_BITS - 1) / LETTER_BITS;

    public VolumeKey {
        boolean letters = value.chars().allMatch(letter -> ALPHABET.indexOf(letter) >= 0);
        if (value.length() != LENGTH || !letters) {
            throw new IllegalArgumentException("not a volume key: '" + value + "'");
        }
    }

    /// The key of a name under the repository's name key, which `hasher` was made with.
    public static VolumeKey of(KeyedHasher hasher, VolumeName name, long domain) {
        byte[] utf8 = name.utf8();
        hasher.reset();
        hasher.updateLong(domain);
        hasher.update(utf8, 0, utf8.length);
        byte[] digest = hasher.finish();
        StringBuilder letters = new StringBuilder(LENGTH);
        for (int bit = 0; bit < BITS; bit += LETTER_BITS) {
            int pair = (digest[bit / 8] & 0xff) << 8 | nextByte(digest, bit / 8);
            letters.append(ALPHABET.charAt(pair >>> (16 - LETTER_BITS - bit % 8) & 0x1f));
        }
        return new VolumeKey(letters.toString());
    }

    private static int nextByte(byte[] digest, int index) {
        return index + 1 < BITS / 8 ? digest[index + 1] & 0xff : 0;
    }

    @Override
    public int compareTo(VolumeKey other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
