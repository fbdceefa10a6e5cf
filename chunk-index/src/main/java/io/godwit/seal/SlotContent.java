package io.godwit.seal;

import java.util.Arrays;

/// What a slot wraps: a private key, and what this key is to believe.
final class SlotContent {
    private final byte[] privateKey;
    private final byte[] configDigest;
    private final int firstRing;
    private final byte[] anchor;

    /// Takes the arrays over.
    SlotContent(byte[] privateKey, byte[] configDigest, int firstRing, byte[] anchor) {
        this.privateKey = privateKey;
        this.configDigest = configDigest;
        this.firstRing = firstRing;
        this.anchor = anchor;
    }

    byte[] privateKey() {
        return privateKey;
    }

    /// SHA-256 of the `config` object.
    byte[] configDigest() {
        return configDigest;
    }

    /// The number of the first ring that has the slot.
    int firstRing() {
        return firstRing;
    }

    /// The secret that authenticates that ring.
    byte[] anchor() {
        return anchor;
    }

    void wipe() {
        Arrays.fill(privateKey, (byte) 0);
        Arrays.fill(anchor, (byte) 0);
    }
}
