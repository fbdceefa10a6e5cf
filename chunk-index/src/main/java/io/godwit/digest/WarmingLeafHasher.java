package io.godwit.digest;

import java.lang.foreign.MemorySegment;
import java.util.function.LongSupplier;

/// Hashes with scalars until the vector kernel is compiled, then with vectors.
///
/// Until its methods have been called some thousand times, a vector operation is an object and a dozen calls: the
/// kernel is a hundred times slower than plain integers, for half a second. So the kernel is exercised
/// on a scratch block and scalars do the work meanwhile, half of the time each, until exercise is
/// faster than scalars. Where it never gets there (a JVM without its second compiler), scalars remain.
///
/// Owned by one thread.
final class WarmingLeafHasher implements LeafHasher {
    /// How many exercises a leaf's time with scalars must hold: compiled it is some fifty; not compiled,
    /// or half of it, one or two.
    private static final int ADVANTAGE = 8;

    /// Exercises timed together, so that one look at the clock does not count.
    private static final int EXERCISES = 8;

    /// Exercise in bulk stops after this time without success: then it is not going to be compiled.
    private static final long GIVE_UP_NANOS = 5_000_000_000L;

    private final VectorLeafHasher vector;
    private final ScalarLeafHasher scalar;
    private final LongSupplier nanoTime;
    private boolean warm;
    private long exercised;

    WarmingLeafHasher(DigestKey key, LongSupplier nanoTime) {
        vector = new VectorLeafHasher(key);
        scalar = new ScalarLeafHasher(key);
        this.nanoTime = nanoTime;
    }

    @Override
    public void hashLeaves(
            MemorySegment source,
            long sourceOffset,
            int leaves,
            MemorySegment digests,
            long digestsOffset) {
        if (warm) {
            vector.hashLeaves(source, sourceOffset, leaves, digests, digestsOffset);
            return;
        }
        long start = nanoTime.getAsLong();
        scalar.hashLeaves(source, sourceOffset, leaves, digests, digestsOffset);
        long now = nanoTime.getAsLong();
        if (leaves > 0 && exercised < GIVE_UP_NANOS) {
            exercise(now, now - start, (now - start) / leaves);
        }
    }

    @Override
    public void hashShortLeaf(
            MemorySegment source,
            long sourceOffset,
            int length,
            MemorySegment digests,
            long digestsOffset) {
        scalar.hashShortLeaf(source, sourceOffset, length, digests, digestsOffset);
    }

    @Override
    public String kernel() {
        return vector.kernel();
    }

    /// Whether vectors have taken over.
    boolean warm() {
        return warm;
    }

    /// Exercises the kernel for about `budget`.
    private void exercise(long start, long budget, long scalarLeafNanos) {
        long before = start;
        long now = start;
        while (!warm && now - start < budget) {
            for (int i = 0; i < EXERCISES; i++) {
                vector.exercise();
            }
            now = nanoTime.getAsLong();
            warm = (now - before) * ADVANTAGE < scalarLeafNanos * EXERCISES;
            before = now;
        }
        exercised += now - start;
    }
}
