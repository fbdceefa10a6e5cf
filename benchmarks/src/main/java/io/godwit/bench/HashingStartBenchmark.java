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

/// How long the first so many MiB take in a fresh JVM, on one thread: until the kernel is compiled,
/// hashing costs a multiple.
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 10,
        jvmArgsAppend = {
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED"
        })
@Warmup(iterations = 0)
@Measurement(iterations = 1)
public class HashingStartBenchmark {
    private static final int MIB = 1 << 20;
    private static final int MIB_LEAVES = MIB / LeafHasher.LEAF_BYTES;

    @Param({"16", "256", "1024"})
    public int mebibytes;

    @Param({"AUTO", "VECTOR", "SCALAR"})
    public Kernel kernel = Kernel.AUTO;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment source = arena.allocate(MIB, 4096);
    private final MemorySegment digests =
            arena.allocate((long) MIB_LEAVES * LeafHasher.DIGEST_BYTES, 64);

    @Setup
    public void prepare() {
        byte[] noise = new byte[MIB];
        new Random(1).nextBytes(noise);
        MemorySegment.copy(MemorySegment.ofArray(noise), 0, source, 0, MIB);
    }

    @Benchmark
    public MemorySegment hash() {
        LeafHasher hasher = LeafHashers.create(DigestKey.of(new byte[32]), kernel);
        for (int i = 0; i < mebibytes; i++) {
            hasher.hashLeaves(source, 0, MIB_LEAVES, digests, 0);
        }
        return digests;
    }
}
