package io.godwit.seal;

import io.godwit.digest.DigestKey;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectFormat;
import io.godwit.format.RepositoryId;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An open repository's keys: those of its ids, and those of every generation.
///
/// Id keys never change in a domain, else everything would be new. Data and metadata are sealed
/// under the newest generation of the ring and opened under the one that their header names; of a
/// generation that began since, the secret is fetched when it is met, so that a long run reads what
/// others write after a rotation. Shared between threads; keys in use are held in memory as long as
/// the ring is reachable or until [#wipe()].
public final class KeyRing {
    private static final int DOMAIN = 0;

    private final RepositoryId repository;
    private final KeyRingFormat.Ring ring;
    private final RingSecrets secrets;
    private final SecureRandom random;
    private final @Nullable RingFollower follower;
    private final DigestKey leafKey;
    private final DigestKey dataKey;
    private final DigestKey metaKey;
    private final DigestKey gearKey;
    private final DigestKey nameKey;
    private volatile KeyRingFormat.Ring newest;

    /// @param follower finds the rings behind this one; is taken over
    KeyRing(
            RepositoryId repository,
            KeyRingFormat.Ring ring,
            @Nullable RingFollower follower,
            SecureRandom random) {
        this.repository = repository;
        this.ring = ring;
        this.newest = ring;
        this.secrets = ring.secrets();
        this.follower = follower;
        this.random = random;
        leafKey = idKey(Label.ID_LEAF);
        dataKey = idKey(Label.ID_DATA);
        metaKey = idKey(Label.ID_META);
        gearKey = idKey(Label.ID_GEAR);
        nameKey = idKey(Label.ID_NAME);
    }

    /// A ring of new secrets that nothing holds yet.
    public static KeyRing fresh(RepositoryId repository, SecureRandom random) {
        RingSecrets secrets = RingSecrets.fresh(random);
        return new KeyRing(repository, new KeyRingFormat.Ring(1, secrets, List.of()), null, random);
    }

    public RepositoryId repository() {
        return repository;
    }

    public byte[] repositoryId() {
        return repository.toByteArray();
    }

    /// The newest key generation, from 1: what is written now is sealed under it.
    public int generation() {
        return secrets.generation();
    }

    /// Of leaf digests.
    public DigestKey leafKey() {
        return leafKey;
    }

    /// Of the ids of data chunks.
    public DigestKey dataKey() {
        return dataKey;
    }

    /// Of the ids of metadata chunks, and of the digests of pages and nodes.
    public DigestKey metaKey() {
        return metaKey;
    }

    /// Of the gear table.
    public DigestKey gearKey() {
        return gearKey;
    }

    /// Of the digests that stand for volume names.
    public DigestKey nameKey() {
        return nameKey;
    }

    /// The keys of a pack with this salt. Costs some microseconds: once per pack.
    public PackKeys packKeys(int generation, byte[] salt) {
        byte[] data = generationKey(generation, Label.GENERATION_DATA);
        byte[] meta = generationKey(generation, Label.GENERATION_META);
        try {
            return new PackKeys(repository, generation, salt, data, meta, ObjectFormat.SUITE_1);
        } finally {
            Arrays.fill(data, (byte) 0);
            Arrays.fill(meta, (byte) 0);
        }
    }

    /// Keys for a new pack: the newest generation and a salt that was never used.
    public PackKeys newPackKeys() {
        return packKeys(generation(), newSalt());
    }

    public ObjectSealer sealer() {
        return new ObjectSealer(this);
    }

    /// Overwrites the secrets: nothing can be derived any more.
    public void wipe() {
        secrets.wipe();
        newest.secrets().wipe();
        if (follower != null) {
            follower.wipe();
        }
    }

    byte[] newSalt() {
        byte[] salt = new byte[PackKeys.SALT_BYTES];
        random.nextBytes(salt);
        return salt;
    }

    byte[] objectKey(int generation, byte[] salt, int kind) {
        byte[] meta = generationKey(generation, Label.GENERATION_META);
        try {
            return Hkdf.derive(meta, salt, Label.OBJECT.info(ObjectFormat.SUITE_1, kind), 32);
        } finally {
            Arrays.fill(meta, (byte) 0);
        }
    }

    KeyRingFormat.Ring ring() {
        return ring;
    }

    /// The slot that opened it; empty for a ring of nobody.
    public Optional<SlotId> openedWith() {
        return Optional.ofNullable(follower).map(RingFollower::slot);
    }

    @Nullable RingFollower follower() {
        return follower;
    }

    private byte[] generationKey(int generation, Label label) {
        RingSecrets known = generation <= secrets.generation() ? secrets : newerSecrets(generation);
        if (generation < 1 || generation > known.generation()) {
            throw new GodwitException(
                            FailureKind.DENIED,
                            "key generation unknown: generation="
                                    + generation
                                    + " newest="
                                    + known.generation())
                    .withHint("a ring is missing in the store, or this is no object of it");
        }
        byte[] secret = known.generation(generation);
        return Hkdf.derive(secret, repository.toByteArray(), label.info(generation), 32);
    }

    /// Of the newest ring when the generation is not known yet. One thread asks the store, the
    /// others wait.
    private RingSecrets newerSecrets(int generation) {
        if (generation <= newest.secrets().generation() || follower == null) {
            return newest.secrets();
        }
        synchronized (this) {
            if (generation > newest.secrets().generation()) {
                newest = follower.newest(newest);
            }
            return newest.secrets();
        }
    }

    private DigestKey idKey(Label label) {
        byte[] key =
                Hkdf.derive(
                        secrets.idRoot(),
                        repository.toByteArray(),
                        label.info(DOMAIN),
                        DigestKey.BYTES);
        try {
            return DigestKey.of(key);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    @Override
    public String toString() {
        return "KeyRing[repository=" + repository + " generation=" + generation() + "]";
    }
}
