package io.godwit.bench;

import io.godwit.format.Checksum;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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

/// XXH3 of objects and CRC32C of records, off-heap. One operation is one buffer of `bytes`.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--sun-misc-unsafe-memory-access=allow"})
public class ChecksumBenchmark {
    @Param({"4096", "262144", "16777216"})
    public int bytes;

    private MemorySegment data = MemorySegment.NULL;

    @Setup
    public void fill() {
        data = Arena.ofAuto().allocate(bytes, 64);
        for (long i = 0; i < bytes; i++) {
            data.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 31 >>> 3));
        }
    }

    @Benchmark
    public long xxh3() {
        return Checksum.xxh3(data, 0, bytes);
    }

    @Benchmark
    public int crc32c() {
        return Checksum.crc32c(data, 0, bytes);
    }
}
