package io.godwit.seal;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.RepositoryId;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How a password, a file, a sheet or a service opens a repository: slots wrap a private key, rings
/// are sealed to the slots. [KeyAdministration] changes them.
///
/// Trust runs from the slot: what it wraps authenticates `config` and the first ring that has the
/// slot, and each ring authenticates the next. The newest ring wins; a store that withholds the
/// newest goes unnoticed by whoever does not remember it. Any thread may use it; everything here is
/// rare and slow.
public final class KeySlots {
    /// With those of commands that were killed; the next change of keys clears them away.
    private static final int MAX_STORED = 256;

    private KeySlots() {}

    /// Fails as [#create] would for a key file that is not there or a key service that does not
    /// answer, and stores nothing: to be called before the name of a repository is taken.
    public static void requireUsable(Unlock unlock, SecureRandom random) {
        Secret.forNewSlot(unlock, random).close();
    }

    /// Makes the first slot and the first ring. The one whose put of `config` won calls this, and
    /// nobody else.
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
        KeyWriter writer = new KeyWriter(store, config, cost, random, clock);
        byte[] privateKey = RingSecrets.draw(random);
        Recipient slot = writer.putSlot(unlock, privateKey, 1, anchor);
        KeyRingFormat.Ring ring =
                new KeyRingFormat.Ring(1, RingSecrets.fresh(random), List.of(slot));
        writer.putRing(ring, anchor);
        RingFollower follower = new RingFollower(store, repository, slot.slot(), privateKey);
        return new KeyRing(repository, ring, follower, random);
    }

    /// Opens a repository.
    ///
    /// @param config the bytes of the `config` object as read
    /// @throws GodwitException `DENIED` when nothing opens with this password or file, or its slot
    ///     was removed; `CORRUPT` when there is no slot at all, or `config` is not the one that the
    ///     slot was made for
    public static KeyRing open(Store store, byte[] config, Unlock unlock, SecureRandom random) {
        RepositoryId repository = RepositoryConfig.decode(config).repository();
        List<SlotId> slots = stored(store);
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
        throw bad != null ? bad : denied(wrong(unlock) + ": " + store.describe());
    }

    private static String wrong(Unlock unlock) {
        return switch (unlock) {
            case Unlock.Password _, Unlock.KeyFile _ -> "wrong password or key file";
            case Unlock.Recovery _ -> "wrong recovery sheet";
            case Unlock.Service(KeyService service) ->
                    "no key slot is of the key service " + service.describe();
        };
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
            RingFollower follower =
                    new RingFollower(store, repository, id, content.privateKey().clone());
            KeyRingFormat.Ring ring = newestRing(follower, content);
            return new KeyRing(repository, ring, follower, random);
        } finally {
            content.wipe();
        }
    }

    private static KeyRingFormat.Ring newestRing(RingFollower follower, SlotContent slot) {
        int first = slot.firstRing();
        return follower.newest(
                follower.ring(first, slot.anchor())
                        .orElseThrow(() -> withoutRing(follower.slot(), first)));
    }

    /// The first ring stands before anybody opens the repository. A later one may never have been
    /// written.
    private static GodwitException withoutRing(SlotId slot, int firstRing) {
        if (firstRing == 1) {
            return corrupt(KeyRingFormat.key(firstRing), "key ring is missing");
        }
        return denied("this key was not added to the end: slot=" + slot)
                .withHint("open with another key and add it again");
    }

    /// The slots that rings are sealed to.
    public static List<SlotInfo> list(KeyRing ring) {
        return ring.ring().recipients().stream().map(SlotInfo::of).toList();
    }

    /// The slots whose objects are in the store, whether a ring has them or not.
    static List<SlotId> stored(Store store) {
        List<SlotId> slots = new ArrayList<>();
        for (Store.Listed listed : store.list(SlotId.PREFIX, "", MAX_STORED).objects()) {
            SlotId.of(listed.key()).ifPresent(slots::add);
        }
        return slots;
    }

    static byte[] digest(byte[] config) {
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
