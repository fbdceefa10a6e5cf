package io.godwit.seal;

import io.godwit.format.RepositoryId;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.spec.SecretKeySpec;

/// The keys of one pack, derived from its generation's secrets and its salt.
///
/// `(K_enc, K_commit) = HKDF(dataKey[generation], salt, "pack" || suite)`; K_enc seals records,
/// K_commit stands in the pack's header, so that a pack opens under one key only. The footer has a
/// key of its own from `metaKey[generation]`. Immutable, shared between threads.
public final class PackKeys {
    public static final int SALT_BYTES = 32;
    public static final int COMMITMENT_BYTES = 32;

    private final RepositoryId repository;
    private final int generation;
    private final byte[] salt;
    private final byte[] commitment;
    private final SecretKeySpec records;
    private final SecretKeySpec footer;

    PackKeys(
            RepositoryId repository,
            int generation,
            byte[] salt,
            byte[] data,
            byte[] meta,
            int suite) {
        if (salt.length != SALT_BYTES) {
            throw new IllegalArgumentException("salt length: " + salt.length);
        }
        this.repository = repository;
        this.generation = generation;
        this.salt = salt.clone();
        byte[] both = Hkdf.derive(data, salt, Label.PACK.info(suite), 64);
        byte[] ofFooter = Hkdf.derive(meta, salt, Label.PACK_FOOTER.info(suite), 32);
        records = new SecretKeySpec(both, 0, 32, "AES");
        commitment = Arrays.copyOfRange(both, 32, 64);
        footer = new SecretKeySpec(ofFooter, "AES");
        Arrays.fill(both, (byte) 0);
        Arrays.fill(ofFooter, (byte) 0);
    }

    public RepositoryId repository() {
        return repository;
    }

    public int generation() {
        return generation;
    }

    public byte[] salt() {
        return salt.clone();
    }

    public byte[] commitment() {
        return commitment.clone();
    }

    /// Whether a header with this commitment was written with these keys. Takes the same time
    /// either way.
    public boolean commits(byte[] stored) {
        return MessageDigest.isEqual(commitment, stored);
    }

    SecretKeySpec records() {
        return records;
    }

    SecretKeySpec footer() {
        return footer;
    }

    @Override
    public String toString() {
        return "PackKeys[generation=" + generation + "]";
    }
}
