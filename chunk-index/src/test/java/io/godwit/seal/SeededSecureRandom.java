package io.godwit.seal;

import java.security.SecureRandom;
import java.util.Random;

/// Entropy by seed: the same secrets in every run.
public final class SeededSecureRandom extends SecureRandom {
    private final transient Random random;

    public SeededSecureRandom(long seed) {
        super(null, null);
        random = new Random(seed);
    }

    @Override
    public void nextBytes(byte[] bytes) {
        random.nextBytes(bytes);
    }
}
