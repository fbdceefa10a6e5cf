package io.godwit.bench;

import io.godwit.chunk.ChunkId;
import io.godwit.index.LocalCache;
import io.godwit.index.LookupBatch;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.RecordRef;
import io.godwit.pack.SessionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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

/// Looking chunks up in a local cache on disk, and adding them, in batches and one by one. An
/// operation is a chunk. `recent` ids come again and again from a few thousand; `random` ones from
/// all rows; `unknown` ones are not there.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx256m"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class IndexBenchmark {
    private static final int BATCH = 128;
    private static final int RECENT = 8192;
    private static final int PACK_CHUNKS = 256;

    @Param({"1000000"})
    public int rows;

    private final LookupBatch batch = new LookupBatch(BATCH);
    private final SessionId session = new SessionId(1, 2, 3);
    private SplittableRandom random = new SplittableRandom(1);
    private long added;
    private @Nullable Path directory;
    private LocalCache cache = LocalCache.inMemory();

    @Setup(Level.Trial)
    public void fill() throws IOException {
        directory = Files.createTempDirectory("godwit-index");
        cache = LocalCache.open(directory, new byte[16], text -> {});
        while (added < rows) {
            cache.add(nextPack());
        }
        random = new SplittableRandom(2);
    }

    @TearDown(Level.Trial)
    public void delete() throws IOException {
        cache.close();
        if (directory != null) {
            try (Stream<Path> files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder()).forEach(IndexBenchmark::delete);
            }
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int findRecent() {
        return find(RECENT, 0);
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int findRandom() {
        return find(rows, 0);
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int findUnknown() {
        return find(rows, 1);
    }

    private int find(int range, long salt) {
        batch.clear();
        while (!batch.isFull()) {
            batch.add(id(random.nextInt(range), salt));
        }
        cache.find(batch);
        return batch.count(LookupBatch.Answer.FOUND);
    }

    @Benchmark
    public @Nullable ChunkRef findOneRecent() {
        return cache.find(id(random.nextInt(RECENT), 0));
    }

    @Benchmark
    public @Nullable ChunkRef findOneRandom() {
        return cache.find(id(random.nextInt(rows), 0));
    }

    @Benchmark
    @OperationsPerInvocation(PACK_CHUNKS)
    public void addPack() {
        cache.add(nextPack());
    }

    @Benchmark
    public void addOne() {
        cache.add(List.of(nextChunk()));
    }

    private List<ChunkRef> nextPack() {
        List<ChunkRef> pack = new ArrayList<>(PACK_CHUNKS);
        while (pack.size() < PACK_CHUNKS) {
            pack.add(nextChunk());
        }
        return pack;
    }

    private ChunkRef nextChunk() {
        long number = added++;
        PackId pack = new PackId(session, (int) (number / PACK_CHUNKS));
        int ordinal = (int) (number % PACK_CHUNKS);
        RecordRef record =
                new RecordRef(pack, false, ordinal, 64 + ordinal * 30_000, 29_900, 61_440);
        return new ChunkRef(id(number, 0), record, 0, 61_440);
    }

    private static ChunkId id(long number, long salt) {
        return new ChunkId(mix(number), mix(number + 1), mix(number + 2), mix(number + 3) ^ salt);
    }

    /// The finaliser of MurmurHash3: ids as even as digests.
    private static long mix(long number) {
        long mixed = (number ^ (number >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }
}
