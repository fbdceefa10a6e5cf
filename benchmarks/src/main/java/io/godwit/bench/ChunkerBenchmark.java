package io.godwit.bench;

import io.godwit.chunk.Chunker;
import io.godwit.chunk.ChunkerSpec;
import io.godwit.chunk.Chunkers;
import io.godwit.digest.DigestKey;
import io.godwit.digest.LeafHasher;
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

/// Cutting a run of 64 MiB of random data, fed in tiles of 1 MiB. An operation is the run: times 64
/// it is MiB/s. The leaf digests that `leaf` cuts by are there already.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class ChunkerBenchmark {
    private static final int TILE = 1 << 20;
    private static final int TILES = 64;

    @Param({"leaf", "gear", "gear:1MiB", "fixed"})
    public String spec = "leaf";

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment data = arena.allocate((long) TILES * TILE, 4096);
    private final MemorySegment digests = arena.allocate(leafOffset((long) TILES * TILE), 64);
    private Chunker chunker =
            Chunkers.create(new ChunkerSpec.Leaf(), DigestKey.of(new byte[DigestKey.BYTES]));

    @Setup
    public void prepare() {
        chunker = Chunkers.create(ChunkerSpec.parse(spec), DigestKey.of(new byte[DigestKey.BYTES]));
        byte[] noise = new byte[(int) data.byteSize()];
        new Random(1).nextBytes(noise);
        MemorySegment from = MemorySegment.ofArray(noise);
        MemorySegment.copy(from, 0, data, 0, data.byteSize());
        MemorySegment.copy(from, 0, digests, 0, digests.byteSize());
    }

    @Benchmark
    public int cut() {
        int pieces = 0;
        chunker.begin();
        for (long at = 0; at < data.byteSize(); at += TILE) {
            chunker.append(data, at, TILE, digests, leafOffset(at));
            while (chunker.next(false) != 0) {
                pieces++;
            }
        }
        while (chunker.next(true) != 0) {
            pieces++;
        }
        return pieces;
    }

    private static long leafOffset(long bytes) {
        return bytes / LeafHasher.LEAF_BYTES * LeafHasher.DIGEST_BYTES;
    }
}
