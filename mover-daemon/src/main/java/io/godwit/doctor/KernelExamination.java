package io.godwit.doctor;

import io.godwit.digest.DigestKey;
import io.godwit.digest.Kernel;
import io.godwit.digest.LeafHasher;
import io.godwit.digest.LeafHashers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.LongSupplier;

/// Measures how fast this machine hashes, and with what.
final class KernelExamination {
    private static final int BYTES = 4 << 20;
    private static final int LEAVES = BYTES / LeafHasher.LEAF_BYTES;

    /// The compiler is done by then.
    private static final long NANOS = 1_500_000_000L;

    private static final int ROUNDS = 8;

    /// A hundred megabytes a second are slower than any disk.
    private static final double LEAST = 0.3;

    private final LongSupplier nanoTime;

    KernelExamination(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    List<Finding> run() {
        LeafHasher hasher =
                LeafHashers.create(DigestKey.of(new byte[DigestKey.BYTES]), Kernel.AUTO);
        double best = gigabytesPerSecond(hasher);
        boolean vector = hasher.kernel().startsWith("vector");
        return List.of(
                Finding.of(
                        "kernel",
                        vector,
                        hasher.kernel(),
                        "start through ./godwit, on a processor with vectors of 256 bits or more"),
                Finding.of(
                        "hashing",
                        best >= LEAST,
                        "%.2f GB/s on one core".formatted(best),
                        "hashing limits backups here: leave more of a core to it"));
    }

    private double gigabytesPerSecond(LeafHasher hasher) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment source = arena.allocate(BYTES, 64);
            MemorySegment digests = arena.allocate((long) LEAVES * LeafHasher.DIGEST_BYTES, 64);
            long begin = nanoTime.getAsLong();
            double best = 0;
            for (int round = 0; round < ROUNDS || nanoTime.getAsLong() - begin < NANOS; round++) {
                long start = nanoTime.getAsLong();
                hasher.hashLeaves(source, 0, LEAVES, digests, 0);
                best = Math.max(best, (double) BYTES / Math.max(1, nanoTime.getAsLong() - start));
            }
            return best;
        }
    }
}
