package io.godwit.seal;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.store.Store;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Changes the keys of an open repository: each change is one new ring, put under the next number.
///
/// Of two who change keys at once one puts that ring; the other is told `FENCED` and changed
/// nothing. Whoever is killed leaves at most a slot that no ring has, which opens nothing: a change
/// first lists the stored slots, then puts its ring, then deletes those of the listed that the ring
/// has not. That is safe beside others, as a slot can enter only the one ring that follows the ring
/// its maker had read, and that place is taken by then. One thread uses it.
public final class KeyAdministration {
    private final KeyWriter writer;
    private KeyRing ring;

    private KeyAdministration(KeyWriter writer, KeyRing ring) {
        this.writer = writer;
        this.ring = ring;
    }

    /// What came of [#add].
    ///
    /// @param fresh false when this password, file, sheet or service opened the repository already
    public record Added(SlotInfo slot, boolean fresh) {}

    /// What came of [#replace].
    ///
    /// @param old the slot that opens no more
    public record Replaced(SlotInfo slot, SlotId old) {}

    /// Opens a repository to change its keys.
    ///
    /// @param config the bytes of the `config` object
    public static KeyAdministration open(
            Store store, byte[] config, Unlock unlock, SecureRandom random, InstantSource clock) {
        return open(new KeyWriter(store, config, Argon2.DEFAULT, random, clock), unlock);
    }

    static KeyAdministration open(KeyWriter writer, Unlock unlock) {
        KeyRing ring = KeySlots.open(writer.store(), writer.config(), unlock, writer.random());
        return new KeyAdministration(writer, ring);
    }

    /// The ring as it is after what was changed here.
    public KeyRing ring() {
        return ring;
    }

    public List<SlotInfo> list() {
        return KeySlots.list(ring);
    }

    /// The slot that this was opened with.
    public SlotId openedWith() {
        return ring.openedWith().orElseThrow();
    }

    /// Lets one more password, file, sheet or service open the repository; one that does so already
    /// is left alone.
    ///
    /// @throws GodwitException `FENCED` when somebody else changed keys meanwhile; `INVALID` when
    ///     there are too many
    public Added add(Unlock newcomer) {
        Optional<SlotInfo> known = slotOf(newcomer);
        if (known.isPresent()) {
            return new Added(known.get(), false);
        }
        List<Recipient> recipients = ring.ring().recipients();
        if (recipients.size() >= KeyRingFormat.MAX_SLOTS) {
            throw new GodwitException(
                            FailureKind.INVALID, "too many keys: slots=" + recipients.size())
                    .withHint("remove one first: godwit key remove ID");
        }
        return new Added(putWith(newcomer, _ -> true, false), true);
    }

    /// Makes a slot whatever opens the repository already: for secrets that were just drawn.
    private SlotInfo putWith(Unlock newcomer, Predicate<Recipient> stays, boolean newGeneration) {
        KeyRingFormat.Ring now = ring.ring();
        List<SlotId> stored = KeySlots.stored(writer.store());
        byte[] privateKey = RingSecrets.draw(writer.random());
        Recipient slot =
                writer.putSlot(newcomer, privateKey, now.number() + 1, now.secrets().nextRing());
        Arrays.fill(privateKey, (byte) 0);
        List<Recipient> recipients =
                new ArrayList<>(now.recipients().stream().filter(stays).toList());
        recipients.add(slot);
        try {
            putNext(stored, recipients, newGeneration);
        } catch (GodwitException e) {
            if (e.kind() == FailureKind.FENCED) {
                writer.store().delete(slot.slot().key());
            }
            throw e;
        }
        return SlotInfo.of(slot);
    }

    /// Shuts a slot out of everything that is written from now on: a new ring without it, a new key
    /// generation, and its object deleted. Whoever held it keeps what the rings before let it read.
    ///
    /// A slot that no ring has, the remains of a command that was killed, is cleared away without a
    /// new generation.
    ///
    /// @throws GodwitException `NOT_FOUND` when there is no such slot, `INVALID` when it is the
    ///     last
    public void remove(SlotId slot) {
        List<Recipient> all = ring.ring().recipients();
        List<Recipient> rest = all.stream().filter(one -> !one.slot().equals(slot)).toList();
        List<SlotId> stored = KeySlots.stored(writer.store());
        if (rest.size() == all.size() && !stored.contains(slot)) {
            throw new GodwitException(FailureKind.NOT_FOUND, "no such key slot: slot=" + slot)
                    .withHint("see godwit key list");
        }
        if (rest.isEmpty()) {
            throw new GodwitException(FailureKind.INVALID, "the last key stays: slot=" + slot)
                    .withHint("add another one first: godwit key add");
        }
        putNext(stored, rest, rest.size() < all.size());
    }

    /// Starts a new key generation for all slots. What is stored stays as it is, and readable.
    public void rotate() {
        putNext(KeySlots.stored(writer.store()), ring.ring().recipients(), true);
    }

    /// Puts another password, file, sheet or service in the place of the one that this was opened
    /// with, and starts a new generation. Both happen in one ring: at any moment one of the two
    /// opens, and never none.
    ///
    /// @throws GodwitException `INVALID` when the successor opens the repository already
    public Replaced replace(Unlock successor) {
        Optional<SlotInfo> known = slotOf(successor);
        if (known.isPresent()) {
            throw new GodwitException(
                            FailureKind.INVALID,
                            "the new key opens the repository already: slot=" + known.get().id())
                    .withHint("choose another one, or remove the old: godwit key remove ID");
        }
        SlotId old = openedWith();
        return new Replaced(putWith(successor, one -> !one.slot().equals(old), true), old);
    }

    /// The slot in the ring that this opens; opens nothing by it.
    public Optional<SlotInfo> slotOf(Unlock other) {
        try {
            KeyRing opened = KeySlots.open(writer.store(), writer.config(), other, writer.random());
            Optional<SlotId> slot = opened.openedWith();
            opened.wipe();
            return list().stream()
                    .filter(info -> slot.filter(id -> id.equals(info.id())).isPresent())
                    .findFirst();
        } catch (GodwitException e) {
            // Damage in another slot is no reason not to add one.
            if (e.kind() == FailureKind.DENIED || e.kind() == FailureKind.CORRUPT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /// Ids of slots that begin like this, in the ring or left behind by a command that was killed.
    public List<SlotId> named(String prefix) {
        List<SlotId> ids = new ArrayList<>(list().stream().map(SlotInfo::id).toList());
        KeySlots.stored(writer.store()).stream().filter(id -> !ids.contains(id)).forEach(ids::add);
        return ids.stream().filter(id -> id.toString().startsWith(prefix)).toList();
    }

    /// @param stored the slots that were listed before; those that the new ring has not are deleted
    ///     behind it
    private void putNext(List<SlotId> stored, List<Recipient> recipients, boolean newGeneration) {
        KeyRingFormat.Ring now = ring.ring();
        RingSecrets secrets = now.secrets().next(writer.random(), newGeneration);
        KeyRingFormat.Ring next = new KeyRingFormat.Ring(now.number() + 1, secrets, recipients);
        writer.putRing(next, now.secrets().nextRing());
        ring = new KeyRing(ring.repository(), next, ring.follower(), writer.random());
        List<SlotId> kept = recipients.stream().map(Recipient::slot).toList();
        for (SlotId slot : stored) {
            if (!kept.contains(slot)) {
                writer.store().delete(slot.key());
            }
        }
    }

    /// Overwrites the secrets.
    public void wipe() {
        ring.wipe();
    }

    @Override
    public String toString() {
        return "KeyAdministration[ring=" + ring + "]";
    }
}
