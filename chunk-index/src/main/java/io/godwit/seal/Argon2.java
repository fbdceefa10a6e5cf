package io.godwit.seal;

import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// The cost of trying a password: Argon2id, version 1.3, by Bouncy Castle.
///
/// Stored with the slot, so read from where nobody is trusted: out of range is refused before
/// anything is allocated.
record Argon2(int memoryKib, int iterations, int parallelism) {
    static final int MIN_MEMORY_KIB = 19 << 10;

    /// What fits into the heap beside everything else: a slot that asks for more, which anybody who
    /// may write to the store can put there, would keep every password from opening.
    static final int MAX_MEMORY_KIB = 64 << 10;

    static final int MAX_ITERATIONS = 64;
    static final int MAX_PARALLELISM = 16;

    /// RFC 9106's second choice: 64 MiB, three passes, four lanes.
    static final Argon2 DEFAULT = new Argon2(64 << 10, 3, 4);

    boolean acceptable() {
        return memoryKib >= MIN_MEMORY_KIB
                && memoryKib <= MAX_MEMORY_KIB
                && iterations >= 1
                && iterations <= MAX_ITERATIONS
                && parallelism >= 1
                && parallelism <= MAX_PARALLELISM;
    }

    byte[] derive(byte[] password, byte[] salt) {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(
                new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                        .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                        .withMemoryAsKB(memoryKib)
                        .withIterations(iterations)
                        .withParallelism(parallelism)
                        .withSalt(salt)
                        .build());
        byte[] key = new byte[32];
        generator.generateBytes(password, key);
        return key;
    }
}
