package io.godwit.bench;

import io.godwit.digest.DigestKey;
import io.godwit.digest.Kernel;
import io.godwit.digest.LeafHasher;
import io.godwit.digest.LeafHashers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Leaf digests from memory in the second-level cache, one core. An operation is 1 MiB: read the
/// result as MiB/s.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 2,
        jvmArgsAppend = {
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED"
        })
@Warmup(iterations = 10, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 20, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class LeafHasherBenchmark {
    private static final int TOTAL_LEAVES = 256;

    /// Leaves a call.
    @Param({"8", "16", "256"})
    public int leaves;

    @Param({"VECTOR", "SCALAR"})
    public Kernel kernel = Kernel.AUTO;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment source =
            arena.allocate((long) TOTAL_LEAVES * LeafHasher.LEAF_BYTES, 4096);
    private final MemorySegment digests =
            arena.allocate((long) TOTAL_LEAVES * LeafHasher.DIGEST_BYTES, 64);
    private LeafHasher hasher = LeafHashers.create(DigestKey.of(new byte[32]), Kernel.SCALAR);

    @Setup
    public void prepare() {
        hasher = LeafHashers.create(DigestKey.of(new byte[32]), kernel);
        byte[] noise = new byte[(int) source.byteSize()];
        new Random(1).nextBytes(noise);
        MemorySegment.copy(MemorySegment.ofArray(noise), 0, source, 0, noise.length);
    }

    @Benchmark
    public MemorySegment hash() {
        for (int leaf = 0; leaf < TOTAL_LEAVES; leaf += leaves) {
            hasher.hashLeaves(
                    source,
                    (long) leaf * LeafHasher.LEAF_BYTES,
                    leaves,
                    digests,
                    (long) leaf * LeafHasher.DIGEST_BYTES);
        }
        return digests;
    }
}
