package io.godwit.digest;

/// Chooses the kernel that hashes leaves.
public final class LeafHashers {
    private LeafHashers() {}

    /// A hasher for one thread.
    ///
    /// @throws IllegalStateException if `kernel` is [Kernel#VECTOR] and this JVM has no vectors to offer
    public static LeafHasher create(DigestKey key, Kernel kernel) {
        return new ScalarLeafHasher(key);
    }
}
