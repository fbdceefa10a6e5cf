package io.godwit.seal;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.RepositoryId;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How a password or a key file opens a repository: slots wrap a private key, rings are sealed to the slots.
///
/// Trust runs from the slot: what it wraps authenticates `config` and the first ring that has the slot, and each
/// ring authenticates the next. The newest ring wins; a store that withholds the newest goes unnoticed by whoever
/// does not remember it. Any thread may use it; everything here is rare and slow.
public final class KeySlots {
    private KeySlots() {}

    /// Makes the first slot and the first ring. The one whose put of `config` won calls this, and nobody else.
    ///
    /// @param config the bytes of the `config` object
    public static KeyRing create(
            Store store, byte[] config, Unlock unlock, SecureRandom random, InstantSource clock) {
        return create(store, config, unlock, Argon2.DEFAULT, random, clock);
    }

    static KeyRing create(
            Store store,
            byte[] config,
            Unlock unlock,
            Argon2 cost,
            SecureRandom random,
            InstantSource clock) {
        RepositoryId repository = RepositoryConfig.decode(config).repository();
        byte[] anchor = RingSecrets.draw(random);
        Recipient slot = putSlot(store, config, unlock, cost, 1, anchor, random, clock);
        KeyRingFormat.Ring ring =
                new KeyRingFormat.Ring(1, RingSecrets.fresh(random), List.of(slot));
        return putRing(store, repository, ring, anchor, random);
    }

    /// Opens a repository.
    ///
    /// @param config the bytes of the `config` object as read
    /// @throws GodwitException `DENIED` when nothing opens with this password or file, or its slot was removed;
    ///     `CORRUPT` when there is no slot at all, or `config` is not the one that the slot was made for
    public static KeyRing open(Store store, byte[] config, Unlock unlock, SecureRandom random) {
        RepositoryId repository = RepositoryConfig.decode(config).repository();
        List<SlotId> slots = slots(store);
        if (slots.isEmpty()) {
            throw new GodwitException(
                            FailureKind.CORRUPT, "repository has no key slots: " + store.describe())
                    .withObject(SlotId.PREFIX)
                    .withHint("its initialisation did not finish, or keys were deleted");
        }
        GodwitException bad = null;
        try (Secret secret = Secret.of(unlock)) {
            for (SlotId id : slots) {
                try {
                    KeyRing ring = openWith(store, config, repository, id, secret, random);
                    if (ring != null) {
                        return ring;
                    }
                } catch (GodwitException e) {
                    bad = worse(bad, e);
                }
            }
        }
        throw bad != null ? bad : denied("wrong password or key file: " + store.describe());
    }

    /// Damage in one slot must not keep another from opening, but is told when none does.
    private static GodwitException worse(@Nullable GodwitException before, GodwitException now) {
        if (now.kind() != FailureKind.CORRUPT && now.kind() != FailureKind.DENIED) {
            throw now;
        }
        return before == null || now.kind() == FailureKind.DENIED ? now : before;
    }

    private static @Nullable KeyRing openWith(
            Store store,
            byte[] config,
            RepositoryId repository,
            SlotId id,
            Secret secret,
            SecureRandom random) {
        Optional<byte[]> bytes = store.get(id.key(), KeySlot.MAX_BYTES);
        if (bytes.isEmpty()) {
            return null;
        }
        KeySlot slot = KeySlot.read(id, repository, bytes.get());
        if (slot.kind() != secret.kind()) {
            return null;
        }
        Optional<SlotContent> opened = slot.open(secret);
        if (opened.isEmpty()) {
            return null;
        }
        SlotContent content = opened.get();
        try {
            if (!MessageDigest.isEqual(content.configDigest(), digest(config))) {
                throw corrupt(
                        RepositoryConfig.KEY,
                        "config is not the one that the key slot was made for");
            }
            KeyRingFormat.Ring ring = newestRing(store, repository, id, content);
            return new KeyRing(repository, ring, random);
        } finally {
            content.wipe();
        }
    }

    private static KeyRingFormat.Ring newestRing(
            Store store, RepositoryId repository, SlotId id, SlotContent slot) {
        byte[] before = slot.anchor();
        KeyRingFormat.Ring newest = null;
        for (int number = slot.firstRing(); number <= KeyRingFormat.MAX_NUMBER; number++) {
            ObjectKey key = KeyRingFormat.key(number);
            Optional<byte[]> bytes = store.get(key, KeyRingFormat.MAX_BYTES);
            if (bytes.isEmpty()) {
                break;
            }
            newest =
                    KeyRingFormat.open(
                                    repository, number, bytes.get(), before, id, slot.privateKey())
                            .orElseThrow(() -> denied("this key was removed: slot=" + id));
            before = newest.secrets().nextRing();
        }
        if (newest == null) {
            throw corrupt(KeyRingFormat.key(slot.firstRing()), "key ring is missing");
        }
        return newest;
    }

    /// The slots that rings are sealed to.
    public static List<SlotInfo> list(KeyRing ring) {
        return ring.ring().recipients().stream().map(SlotInfo::of).toList();
    }

    /// Lets one more password or key file open the repository.
    ///
    /// @param config the bytes of the `config` object
    /// @return the ring to go on with
    /// @throws GodwitException `FENCED` when somebody else changed keys meanwhile
    public static KeyRing add(
            Store store,
            byte[] config,
            KeyRing ring,
            Unlock unlock,
            SecureRandom random,
            InstantSource clock) {
        return add(store, config, ring, unlock, Argon2.DEFAULT, random, clock);
    }

    static KeyRing add(
            Store store,
            byte[] config,
            KeyRing ring,
            Unlock unlock,
            Argon2 cost,
            SecureRandom random,
            InstantSource clock) {
        KeyRingFormat.Ring now = ring.ring();
        List<Recipient> recipients = new ArrayList<>(now.recipients());
        if (recipients.size() >= KeyRingFormat.MAX_SLOTS) {
            throw new GodwitException(
                    FailureKind.INVALID, "too many keys: slots=" + recipients.size());
        }
        byte[] anchor = now.secrets().nextRing();
        int number = now.number() + 1;
        recipients.add(putSlot(store, config, unlock, cost, number, anchor, random, clock));
        return putNext(store, ring, recipients, false, random);
    }

    /// Shuts a slot out of everything that is written from now on: a new ring without it, a new key generation, and
    /// its object deleted. Whoever held it keeps what the rings before let it read.
    ///
    /// @throws GodwitException `NOT_FOUND` when there is no such slot, `INVALID` when it is the last
    public static KeyRing remove(Store store, KeyRing ring, SlotId slot, SecureRandom random) {
        List<Recipient> all = ring.ring().recipients();
        List<Recipient> rest = all.stream().filter(one -> !one.slot().equals(slot)).toList();
        if (rest.size() == all.size()) {
            throw new GodwitException(FailureKind.NOT_FOUND, "no such key slot: slot=" + slot);
        }
        if (rest.isEmpty()) {
            throw new GodwitException(FailureKind.INVALID, "the last key stays: slot=" + slot)
                    .withHint("add another one first");
        }
        KeyRing next = putNext(store, ring, rest, true, random);
        store.delete(slot.key());
        return next;
    }

    /// Starts a new key generation for all slots. What is stored stays as it is, and readable.
    public static KeyRing rotate(Store store, KeyRing ring, SecureRandom random) {
        return putNext(store, ring, ring.ring().recipients(), true, random);
    }

    private static KeyRing putNext(
            Store store,
            KeyRing ring,
            List<Recipient> recipients,
            boolean newGeneration,
            SecureRandom random) {
        KeyRingFormat.Ring now = ring.ring();
        RingSecrets secrets = now.secrets().next(random, newGeneration);
        KeyRingFormat.Ring next = new KeyRingFormat.Ring(now.number() + 1, secrets, recipients);
        return putRing(store, ring.repository(), next, now.secrets().nextRing(), random);
    }

    private static KeyRing putRing(
            Store store,
            RepositoryId repository,
            KeyRingFormat.Ring ring,
            byte[] before,
            SecureRandom random) {
        byte[] object = KeyRingFormat.write(repository, ring, before, random);
        putOnce(store, KeyRingFormat.key(ring.number()), object, KeyRingFormat.MAX_BYTES);
        return new KeyRing(repository, ring, random);
    }

    private static Recipient putSlot(
            Store store,
            byte[] config,
            Unlock unlock,
            Argon2 cost,
            int firstRing,
            byte[] anchor,
            SecureRandom random,
            InstantSource clock) {
        RepositoryId repository = RepositoryConfig.decode(config).repository();
        byte[] privateKey = RingSecrets.draw(random);
        SlotId id = new SlotId(random.nextLong());
        long created = clock.millis();
        SlotContent content =
                new SlotContent(privateKey, digest(config), firstRing, anchor.clone());
        try (Secret secret = Secret.of(unlock)) {
            byte[] object = KeySlot.write(id, repository, secret, cost, created, content, random);
            putOnce(store, id.key(), object, KeySlot.MAX_BYTES);
            byte[] publicKey = X25519.publicKey(privateKey);
            return new Recipient(id, secret.kind(), created, publicKey);
        } finally {
            content.wipe();
        }
    }

    /// The content decides, never the status: after any doubt the object is read back.
    private static void putOnce(Store store, ObjectKey key, byte[] object, int maxBytes) {
        Store.Put put = Store.Put.EXISTS;
        try {
            put = store.putIfAbsent(key, MemorySegment.ofArray(object));
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.INDETERMINATE) {
                throw e;
            }
        }
        if (put == Store.Put.CREATED) {
            return;
        }
        Optional<byte[]> found = store.get(key, maxBytes);
        if (found.isEmpty()) {
            throw new GodwitException(
                            FailureKind.INDETERMINATE,
                            "object may or may not be stored: object=" + key)
                    .withObject(key.value());
        }
        if (!MessageDigest.isEqual(found.get(), object)) {
            throw new GodwitException(
                            FailureKind.FENCED, "keys were changed by somebody else: object=" + key)
                    .withObject(key.value())
                    .withHint("look at the keys and run it again");
        }
    }

    private static List<SlotId> slots(Store store) {
        List<SlotId> slots = new ArrayList<>();
        for (Store.Listed listed :
                store.list(SlotId.PREFIX, "", KeyRingFormat.MAX_SLOTS).objects()) {
            SlotId.of(listed.key()).ifPresent(slots::add);
        }
        return slots;
    }

    private static byte[] digest(byte[] config) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(config);
        } catch (NoSuchAlgorithmException e) {
            throw Hkdf.unavailable(e);
        }
    }

    private static GodwitException denied(String message) {
        return new GodwitException(FailureKind.DENIED, message);
    }

    private static GodwitException corrupt(ObjectKey key, String what) {
        return new GodwitException(FailureKind.CORRUPT, what + ": object=" + key)
                .withObject(key.value());
    }
}
