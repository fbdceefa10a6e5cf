package io.godwit.digest;

import java.lang.foreign.MemorySegment;
import java.util.function.LongSupplier;

/// Hashes with scalars until the vector kernel is compiled, then with vectors.
///
/// Until its methods are compiled, a vector operation is an object and a dozen calls: the kernel is a
/// thousand times slower than it will be, and used as it is, it stays so for 300 ms. Here scalars do the
/// work meanwhile, at a tenth of the final speed; and between their calls the kernel is exercised, in such a way that it
/// is compiled early. A JVM compiles what is called and loops often, and counts calls that do nothing as well. So
/// most exercise is such calls; one in [#CALLS] does the work, because the compiler's final pass leaves out what it never
/// saw, and does not inline what it saw in less than one call in 118. Where the kernel never gets
/// faster than scalars (a JVM without its second compiler), scalars remain.
///
/// Owned by one thread.
final class WarmingLeafHasher implements LeafHasher {
    /// How many exercises a leaf's time with scalars must hold: compiled it is some thirty; not compiled, or half
    /// of it, one at most.
    private static final int ADVANTAGE = 8;

    /// Calls without work for two with it.
    private static final int CALLS = 128;

    /// Calls at the start, in the interpreter, which keeps no statistics: enough at any length of the compiler's queue.
    private static final int FIRST_CALLS = 2000;

    /// Exercise takes half as long as the work that comes between.
    private static final int SHARE = 2;

    /// After so much exercise without success the kernel is not going to be compiled.
    private static final long GIVE_UP_NANOS = 2_000_000_000L;

    private final VectorLeafHasher vector;
    private final ScalarLeafHasher scalar;
    private final LongSupplier nanoTime;
    private boolean warm;
    private long exercised;

    WarmingLeafHasher(DigestKey key, LongSupplier nanoTime) {
        vector = new VectorLeafHasher(key);
        scalar = new ScalarLeafHasher(key);
        this.nanoTime = nanoTime;
        call(FIRST_CALLS);
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
        long spent = nanoTime.getAsLong() - start;
        if (leaves > 0 && exercised < GIVE_UP_NANOS) {
            exercise(spent / SHARE, spent / leaves);
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

    /// Exercises the kernel for about `budget`, or until it is fast.
    private void exercise(long budget, long scalarLeafNanos) {
        long start = nanoTime.getAsLong();
        long end;
        do {
            call(CALLS);
            // The first brings the kernel and its data into the caches, the second is timed.
            vector.exercise();
            long before = nanoTime.getAsLong();
            vector.exercise();
            end = nanoTime.getAsLong();
            warm = (end - before) * ADVANTAGE < scalarLeafNanos;
        } while (!warm && end - start < budget);
        exercised += end - start;
    }

    private void call(int times) {
        for (int i = 0; i < times; i++) {
            vector.call();
        }
    }
}
