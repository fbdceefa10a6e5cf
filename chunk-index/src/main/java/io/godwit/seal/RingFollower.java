package io.godwit.seal;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.RepositoryId;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.util.Arrays;
import java.util.Optional;

/// Walks from a ring to the ones behind it with the private key of a slot; each authenticates the
/// next.
///
/// An open repository keeps it: what others seal after a rotation is readable to a run that began
/// before. Holds no more than what the slot's holder can read anyway. Any thread may use it.
final class RingFollower {
    private final Store store;
    private final RepositoryId repository;
    private final SlotId slot;
    private final byte[] privateKey;

    /// @param privateKey is taken over
    RingFollower(Store store, RepositoryId repository, SlotId slot, byte[] privateKey) {
        this.store = store;
        this.repository = repository;
        this.slot = slot;
        this.privateKey = privateKey;
    }

    SlotId slot() {
        return slot;
    }

    /// The ring with this number, or empty when there is none yet.
    ///
    /// @param before the secret that authenticates it
    /// @throws GodwitException `DENIED` when it is not sealed to the slot
    Optional<KeyRingFormat.Ring> ring(int number, byte[] before) {
        ObjectKey key = KeyRingFormat.key(number);
        Optional<byte[]> bytes = store.get(key, KeyRingFormat.MAX_BYTES);
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                KeyRingFormat.open(repository, number, bytes.get(), before, slot, privateKey)
                        .orElseThrow(this::removed));
    }

    /// The newest ring behind this one; itself when it is the newest.
    KeyRingFormat.Ring newest(KeyRingFormat.Ring from) {
        KeyRingFormat.Ring newest = from;
        while (newest.number() < KeyRingFormat.MAX_NUMBER) {
            Optional<KeyRingFormat.Ring> next =
                    ring(newest.number() + 1, newest.secrets().nextRing());
            if (next.isEmpty()) {
                break;
            }
            newest = next.get();
        }
        return newest;
    }

    private GodwitException removed() {
        return new GodwitException(FailureKind.DENIED, "this key was removed: slot=" + slot)
                .withObject(slot.key().value())
                .withHint("use another key of the repository");
    }

    void wipe() {
        Arrays.fill(privateKey, (byte) 0);
    }
}
