package io.godwit.bench;

import io.godwit.pack.Codec;
import io.godwit.pack.RecordCodec;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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

/// Compression and decompression of records; the score is microseconds per MiB of plain bytes.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@OperationsPerInvocation(CodecBenchmark.MIB)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {
    static final int MIB = 16;

    private static final int TOTAL = MIB << 20;

    @Param({"zstd:-5", "zstd:1", "zstd:3", "zstd:9", "lz4"})
    public String codec = "";

    @Param({"code", "random"})
    public String data = "";

    @Param({"65536", "262144", "524288"})
    public int bytes;

    private RecordCodec records = new RecordCodec(new Codec.None());
    private MemorySegment plain = MemorySegment.NULL;
    private MemorySegment packed = MemorySegment.NULL;
    private MemorySegment decoded = MemorySegment.NULL;
    private MemorySegment frames = MemorySegment.NULL;
    private int[] lengths = new int[0];

    @Setup
    public void setUp() throws IOException {
        records = new RecordCodec(Codec.parse(codec));
        plain = SampleData.of(data, TOTAL);
        int bound = RecordCodec.bound(bytes);
        packed = Arena.ofAuto().allocate(bound);
        decoded = Arena.ofAuto().allocate(bytes);
        frames = Arena.ofAuto().allocate((long) bound * (TOTAL / bytes));
        lengths = new int[TOTAL / bytes];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = records.compress(plain, (long) i * bytes, bytes, frames, (long) i * bound);
        }
    }

    @Benchmark
    public long compress() {
        long sum = 0;
        for (int i = 0; i < lengths.length; i++) {
            sum += records.compress(plain, (long) i * bytes, bytes, packed, 0);
        }
        return sum;
    }

    /// What was stored raw is copied.
    @Benchmark
    public int decompress() {
        int good = 0;
        int bound = RecordCodec.bound(bytes);
        int code = codec.equals("lz4") ? Codec.LZ4_CODE : Codec.ZSTD_CODE;
        for (int i = 0; i < lengths.length; i++) {
            boolean raw = lengths[i] == 0;
            MemorySegment from = raw ? plain : frames;
            long offset = (long) i * (raw ? bytes : bound);
            int length = raw ? bytes : lengths[i];
            int used = raw ? Codec.RAW_CODE : code;
            good += records.decompress(used, from, offset, length, decoded, 0, bytes) ? 1 : 0;
        }
        return good;
    }

    @TearDown
    public void close() {
        records.close();
    }
}
