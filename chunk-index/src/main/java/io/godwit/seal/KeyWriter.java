package io.godwit.seal;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.RepositoryId;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;

/// Puts slots and rings, each under a name that is used once. The content decides, never the
/// status: each object is read back.
final class KeyWriter {
    private final Store store;
    private final byte[] config;
    private final Argon2 cost;
    private final SecureRandom random;
    private final InstantSource clock;

    /// @param config the bytes of the `config` object
    /// @param cost of passwords
    KeyWriter(Store store, byte[] config, Argon2 cost, SecureRandom random, InstantSource clock) {
        this.store = store;
        this.config = config;
        this.cost = cost;
        this.random = random;
        this.clock = clock;
    }

    Store store() {
        return store;
    }

    byte[] config() {
        return config;
    }

    SecureRandom random() {
        return random;
    }

    RepositoryId repository() {
        return RepositoryConfig.decode(config).repository();
    }

    /// Stores a slot that no ring has yet.
    ///
    /// @param privateKey that it wraps
    /// @param anchor authenticates the first ring
    Recipient putSlot(Unlock unlock, byte[] privateKey, int firstRing, byte[] anchor) {
        SlotId id = new SlotId(random.nextLong());
        long created = clock.millis();
        SlotContent content =
                new SlotContent(
                        privateKey.clone(), KeySlots.digest(config), firstRing, anchor.clone());
        try (Secret secret = Secret.forNewSlot(unlock, random)) {
            byte[] object = KeySlot.write(id, repository(), secret, cost, created, content, random);
            putOnce(id.key(), object, KeySlot.MAX_BYTES);
            byte[] publicKey = X25519.publicKey(privateKey);
            return new Recipient(id, secret.kind(), created, publicKey);
        } finally {
            content.wipe();
        }
    }

    /// @param before the secret that authenticates the ring
    void putRing(KeyRingFormat.Ring ring, byte[] before) {
        byte[] object = KeyRingFormat.write(repository(), ring, before, random);
        putOnce(KeyRingFormat.key(ring.number()), object, KeyRingFormat.MAX_BYTES);
    }

    /// Read back also where the store says that it has it: behind a ring go the slots of the one
    /// before, and with a ring that a store has lost nothing would open any more.
    private void putOnce(ObjectKey key, byte[] object, int maxBytes) {
        try {
            Store.Put _ = store.putIfAbsent(key, MemorySegment.ofArray(object));
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.INDETERMINATE) {
                throw e;
            }
        }
        Optional<byte[]> found = store.get(key, maxBytes);
        if (found.isEmpty()) {
            throw new GodwitException(
                            FailureKind.INDETERMINATE,
                            "object may or may not be stored: object=" + key)
                    .withObject(key.value())
                    .withHint("look at the keys and run it again: godwit key list");
        }
        if (!MessageDigest.isEqual(found.get(), object)) {
            throw new GodwitException(
                            FailureKind.FENCED, "keys were changed by somebody else: object=" + key)
                    .withObject(key.value())
                    .withHint("look at the keys and run it again");
        }
    }

    @Override
    public String toString() {
        return "KeyWriter[store=" + store.describe() + "]";
    }
}
