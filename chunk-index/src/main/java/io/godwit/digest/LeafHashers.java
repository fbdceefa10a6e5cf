package io.godwit.digest;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.LongSupplier;

/// Chooses the kernel that hashes leaves.
///
/// Vectors are used from the first leaf on. Hashing with scalars while the kernel was exercised
/// until the compiler took it was tried: it halved the time to full speed, and in one run of three
/// the kernel was never compiled at all. What a process can do is to [exercise][#exercise] it in a
/// thread of its own while it still opens its repository.
public final class LeafHashers {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    private static final int EXERCISE_LEAVES = 64;

    /// A pass takes some 40 microseconds once compiled, and hundreds of times that before.
    private static final long COMPILED_NANOS = 120_000;

    private static final long EXERCISE_MAX_NANOS = 1_000_000_000;

    private LeafHashers() {}

    /// A hasher for one thread.
    ///
    /// @throws IllegalStateException if `kernel` is [Kernel#VECTOR] and this JVM has no vectors to
    ///     offer
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

    /// Hashes nonsense until the vector kernel is compiled, at most for a second; returns at once
    /// without vectors.
    public static void exercise(LongSupplier nanoClock) {
        if (!vectorOffered()) {
            return;
        }
        LeafHasher hasher = new VectorLeafHasher(DigestKey.of(new byte[DigestKey.BYTES]));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment leaves =
                    arena.allocate((long) EXERCISE_LEAVES * LeafHasher.LEAF_BYTES, 4096);
            MemorySegment digests =
                    arena.allocate((long) EXERCISE_LEAVES * LeafHasher.DIGEST_BYTES, 64);
            long start = nanoClock.getAsLong();
            long passed = start;
            long took = Long.MAX_VALUE;
            while (took > COMPILED_NANOS && passed - start < EXERCISE_MAX_NANOS) {
                hasher.hashLeaves(leaves, 0, EXERCISE_LEAVES, digests, 0);
                long now = nanoClock.getAsLong();
                took = now - passed;
                passed = now;
            }
        }
    }

    /// Whether the module is there and its vectors are wide enough to be worth it. Nothing here
    /// touches the module's classes unless it is there.
    static boolean vectorOffered() {
        return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent()
                && VectorKernel.preferredLanes() >= VectorKernel.LEAST_LANES;
    }
}
