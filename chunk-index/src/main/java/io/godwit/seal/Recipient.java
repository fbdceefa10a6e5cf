package io.godwit.seal;

/// A slot that rings are sealed to: its id, its kind, when it was made, and its public key.
final class Recipient {
    private final SlotId slot;
    private final int kind;
    private final long createdMillis;
    private final byte[] publicKey;

    Recipient(SlotId slot, int kind, long createdMillis, byte[] publicKey) {
        this.slot = slot;
        this.kind = kind;
        this.createdMillis = createdMillis;
        this.publicKey = publicKey;
    }

    SlotId slot() {
        return slot;
    }

    /// As in [KeySlot].
    int kind() {
        return kind;
    }

    long createdMillis() {
        return createdMillis;
    }

    byte[] publicKey() {
        return publicKey;
    }
}
