package io.godwit.bench;

import io.godwit.chunk.ChunkId;
import io.godwit.digest.DigestKey;
import io.godwit.digest.KeyedHasher;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.RecordRef;
import io.godwit.pack.SessionId;
import io.godwit.volume.ContentDigest;
import io.godwit.volume.PageChain;
import io.godwit.volume.PageLoader;
import io.godwit.volume.PageWriter;
import io.godwit.volume.RegionChanges;
import io.godwit.volume.RegionHealth;
import io.godwit.volume.RegionMap;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
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

/// What a region's map costs beside its 64 MiB of data: changes, pages, digests.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PageBenchmark {
    /// Changes of one leaf that a run lays over a fresh region.
    @Param({"4", "8000"})
    public int changes;

    private final Random random = new Random(1);
    private final Map<ChunkId, byte[]> records = new HashMap<>();
    private final PageLoader loader =
            new PageLoader(ref -> MemorySegment.ofArray(records.get(ref.id())));
    private final PageWriter writer = new PageWriter();
    private final KeyedHasher hasher = new KeyedHasher(DigestKey.of(new byte[32]));
    private final RegionMap fresh = new RegionMap();
    private final RegionMap changed = new RegionMap();
    private final RegionMap scratch = new RegionMap();
    private final PageChain parent = new PageChain();
    private final RegionChanges sorted = new RegionChanges();
    private ChunkRef page = ref(1, 0, 0);
    private int[] starts = {};
    private int slot;

    @Setup
    public void setUp() {
        int ordinal = 0;
        for (int start = 0; start < fresh.units(); ordinal++) {
            int units = Math.min(8 + random.nextInt(15), fresh.units() - start);
            ChunkRef chunk = ref(units * 4096, 1 + ordinal / 300, ordinal % 300);
            fresh.overlay(start, units, fresh.addChunk(chunk), 0);
            start += units;
        }
        MemorySegment full = writer.encode(fresh, null);
        page = ref((int) full.byteSize(), 9, 9);
        records.put(page.id(), full.toArray(ValueLayout.JAVA_BYTE));
        loader.load(page, scratch, parent);
        starts = random.ints(changes, 0, fresh.units()).toArray();
        changed.copyFrom(fresh);
        slot = changed.addChunk(ref(4096, 10, 0));
        for (int start : starts) {
            changed.overlay(start, 1, changed.addChunk(ref(4096, 10, start + 1)), 0);
        }
        random.ints(changes, 0, fresh.units())
                .sorted()
                .distinct()
                .forEach(start -> sorted.add(start, 1, slot, 0));
    }

    @Benchmark
    public int overlayOneByOne() {
        scratch.copyFrom(changed);
        for (int start : starts) {
            scratch.overlay(start, 1, slot, 0);
        }
        return scratch.extentCount();
    }

    @Benchmark
    public int applySorted() {
        scratch.copyFrom(changed);
        scratch.applyChanges(sorted);
        return scratch.extentCount();
    }

    @Benchmark
    public long encodeFull() {
        return writer.encode(changed, null).byteSize();
    }

    @Benchmark
    public long encodeOnParent() {
        return writer.encode(changed, parent).byteSize();
    }

    @Benchmark
    public int decodeFull() {
        loader.load(page, scratch);
        return scratch.extentCount();
    }

    @Benchmark
    public ContentDigest contentDigest() {
        return changed.contentDigest(hasher);
    }

    @Benchmark
    public int health() {
        return RegionHealth.of(changed, 64L << 20).spans();
    }

    private ChunkRef ref(int length, int pack, int ordinal) {
        ChunkId id =
                new ChunkId(
                        random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
        PackId packId = new PackId(new SessionId(1, 2, 3), pack);
        RecordRef record =
                new RecordRef(
                        packId, false, ordinal, 64 + ordinal * 33_000, length / 2 + 17, length);
        return new ChunkRef(id, record, 0, length);
    }
}
