package io.godwit.pipeline;

import io.godwit.digest.Kernel;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.nio.file.Path;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// What a run may use of the machine, and what it would otherwise take from the surroundings.
///
/// @param threads that hash, compress and write: one for each core
/// @param memoryBytes of the whole process; buffers take what the JVM and the index leave of it
/// @param readBytesPerSecond at most this much of a source is read; 0 for no limit
/// @param stateDirectory where a restore keeps its journal
/// @param bootId of the running machine
/// @param nanoClock for pacing and durations
/// @param random for audits; never for names or keys
public record MoverSettings(
        int threads,
        long memoryBytes,
        Kernel kernel,
        long readBytesPerSecond,
        Path stateDirectory,
        String bootId,
        ThreadFactory threadFactory,
        LongSupplier nanoClock,
        ReadPacer.Sleeper sleeper,
        RandomGenerator random) {
    /// What the JVM, its code, the heap and the index take at most.
    private static final long FIXED_BYTES = 230L << 20;

    /// With less than this to hash, a run has ended before vectors are compiled, and both cores
    /// have better to do.
    private static final long VECTORS_FROM_BYTES = 256L << 20;

    private static final int MIN_MEMORY_MIB = 320;
    private static final int MAX_THREADS = 256;

    public MoverSettings {
        if (threads < 1 || threads > MAX_THREADS) {
            throw new GodwitException(
                    FailureKind.INVALID,
                    "threads out of range: threads=" + threads + " max=" + MAX_THREADS);
        }
        if (memoryBytes < (long) MIN_MEMORY_MIB << 20) {
            throw new GodwitException(
                    FailureKind.INVALID,
                    "memory limit too small: bytes=%d min=%d"
                            .formatted(memoryBytes, (long) MIN_MEMORY_MIB << 20));
        }
    }

    /// The same for a run that has about so many bytes to hash.
    MoverSettings forHashing(long bytes) {
        Kernel own = kernel == Kernel.AUTO && bytes < VECTORS_FROM_BYTES ? Kernel.SCALAR : kernel;
        return new MoverSettings(
                threads,
                memoryBytes,
                own,
                readBytesPerSecond,
                stateDirectory,
                bootId,
                threadFactory,
                nanoClock,
                sleeper,
                random);
    }

    /// The same with less memory, for a run beside which something else takes so many bytes.
    public MoverSettings lending(long bytes) {
        return new MoverSettings(
                threads,
                Math.max((long) MIN_MEMORY_MIB << 20, memoryBytes - bytes),
                kernel,
                readBytesPerSecond,
                stateDirectory,
                bootId,
                threadFactory,
                nanoClock,
                sleeper,
                random);
    }

    /// Regions of a stream in memory at once.
    int streamRegions() {
        return Math.min(2, threads);
    }

    /// Bytes that buffers may take.
    public long bufferBytes() {
        return memoryBytes - FIXED_BYTES;
    }
}
