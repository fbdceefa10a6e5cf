package io.godwit.bench;

import io.godwit.chunk.ChunkId;
import io.godwit.format.RepositoryId;
import io.godwit.pack.Codec;
import io.godwit.pack.PackId;
import io.godwit.pack.PackLimits;
import io.godwit.pack.PackWriter;
import io.godwit.pack.RecordSealer;
import io.godwit.pack.SessionId;
import io.godwit.pack.WriteCheck;
import io.godwit.seal.KeyRing;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Everything from plain bytes to a finished pack; the score is microseconds per MiB of plain
/// bytes.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@OperationsPerInvocation(PackWriterBenchmark.MIB)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PackWriterBenchmark {
    static final int MIB = 32;

    private static final int TOTAL = MIB << 20;
    private static final SessionId SESSION = new SessionId(1, 2, 3);

    @Param({"zstd:1", "lz4", "none"})
    public String codec = "";

    @Param({"code", "random"})
    public String data = "";

    @Param({"65536", "262144", "524288"})
    public int bytes;

    @Param({"FULL", "SAMPLED", "NONE"})
    public WriteCheck check = WriteCheck.FULL;

    private final KeyRing ring = KeyRing.fresh(new RepositoryId(1, 2), new SecureRandom());
    private RecordSealer sealer = new RecordSealer(new Codec.None());
    private MemorySegment plain = MemorySegment.NULL;
    private MemorySegment digests = MemorySegment.NULL;
    private MemorySegment buffer = MemorySegment.NULL;
    private int packs;

    @Setup
    public void setUp() throws IOException {
        sealer = new RecordSealer(Codec.parse(codec), check);
        plain = SampleData.of(data, TOTAL);
        digests = Arena.ofAuto().allocate(bytes / 128);
        buffer =
                Arena.ofAuto().allocate(PackWriter.bufferBytes(PackLimits.TARGET_BYTES, 512 << 10));
    }

    @Benchmark
    public long write() {
        PackWriter writer = new PackWriter(ring, nextId(), false, buffer, sealer);
        long stored = 0;
        for (int offset = 0; offset < TOTAL; offset += bytes) {
            if (writer.sealedBytes() >= PackLimits.TARGET_BYTES || !writer.hasRoomFor(bytes)) {
                stored += writer.finish().byteSize();
                writer.begin(nextId(), false, buffer);
            }
            writer.append(new ChunkId(offset, 1, 2, 3), plain, offset, bytes, digests, 0);
        }
        return stored + writer.finish().byteSize();
    }

    private PackId nextId() {
        return new PackId(SESSION, packs++);
    }

    @TearDown
    public void close() {
        sealer.close();
    }
}
