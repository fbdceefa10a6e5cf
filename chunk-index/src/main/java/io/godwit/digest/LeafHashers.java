package io.godwit.digest;

/// Chooses the kernel that hashes leaves.
///
/// Vectors are used from the first leaf on. Hashing with scalars while the kernel was exercised until the compiler took it
/// was tried: it halved the time to full speed, and in one run of three the kernel was never compiled at all.
public final class LeafHashers {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    private LeafHashers() {}

    /// A hasher for one thread.
    ///
    /// @throws IllegalStateException if `kernel` is [Kernel#VECTOR] and this JVM has no vectors to offer
    public static LeafHasher create(DigestKey key, Kernel kernel) {
        return switch (kernel) {
            case SCALAR -> new ScalarLeafHasher(key);
            case VECTOR -> {
                if (!vectorOffered()) {
                    throw new IllegalStateException(
                            "no vector kernel in this JVM: module=" + VECTOR_MODULE);
                }
                yield new VectorLeafHasher(key);
            }
            case AUTO -> vectorOffered() ? new VectorLeafHasher(key) : new ScalarLeafHasher(key);
        };
    }

    /// Whether the module is there and its vectors are wide enough to be worth it. Nothing here touches
    /// the module's classes unless it is there.
    static boolean vectorOffered() {
        return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent()
                && VectorKernel.preferredLanes() >= VectorKernel.LEAST_LANES;
    }
}
