package io.godwit.seal;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What a ring keeps secret: the root of the ids of domain 0, one secret per key generation, and
/// the secret that authenticates the next ring.
final class RingSecrets {
    static final int BYTES = 32;
    static final int MAX_GENERATIONS = 1 << 16;

    private final byte[] idRoot;
    private final byte[] nextRing;
    private final List<byte[]> generations;

    /// @param generations the secret of generation 1 first
    RingSecrets(byte[] idRoot, byte[] nextRing, List<byte[]> generations) {
        if (idRoot.length != BYTES
                || nextRing.length != BYTES
                || generations.isEmpty()
                || generations.size() > MAX_GENERATIONS
                || generations.stream().anyMatch(secret -> secret.length != BYTES)) {
            throw new IllegalArgumentException("ring out of range");
        }
        this.idRoot = idRoot;
        this.nextRing = nextRing;
        this.generations = List.copyOf(generations);
    }

    static RingSecrets fresh(SecureRandom random) {
        return new RingSecrets(draw(random), draw(random), List.of(draw(random)));
    }

    /// The same ids and generations for the ring that follows, with one generation more or not.
    RingSecrets next(SecureRandom random, boolean newGeneration) {
        List<byte[]> all = new ArrayList<>();
        generations.forEach(secret -> all.add(secret.clone()));
        if (newGeneration) {
            all.add(draw(random));
        }
        return new RingSecrets(idRoot.clone(), draw(random), all);
    }

    static byte[] draw(SecureRandom random) {
        byte[] secret = new byte[BYTES];
        random.nextBytes(secret);
        return secret;
    }

    byte[] idRoot() {
        return idRoot;
    }

    byte[] nextRing() {
        return nextRing;
    }

    /// The newest; the first is 1.
    int generation() {
        return generations.size();
    }

    byte[] generation(int number) {
        return generations.get(number - 1);
    }

    void wipe() {
        Arrays.fill(idRoot, (byte) 0);
        Arrays.fill(nextRing, (byte) 0);
        generations.forEach(secret -> Arrays.fill(secret, (byte) 0));
    }

    @Override
    public String toString() {
        return "RingSecrets[secret]";
    }
}
