package io.godwit.simulation.repository;

import java.security.SecureRandom;
import java.util.SplittableRandom;

/// Entropy of a process in a history: the same in every run of its seed.
final class SeededSecureRandom extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private final transient SplittableRandom random;

    SeededSecureRandom(long seed) {
        super(null, null);
        random = new SplittableRandom(seed);
    }

    @Override
    public void nextBytes(byte[] bytes) {
        random.nextBytes(bytes);
    }
}
