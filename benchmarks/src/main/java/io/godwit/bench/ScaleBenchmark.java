package io.godwit.bench;

import io.godwit.chunk.ChunkId;
import io.godwit.collect.CollectionRequest;
import io.godwit.collect.CollectionResult;
import io.godwit.commit.CatalogueView;
import io.godwit.error.SuppressForbidden;
import io.godwit.index.IndexRefresh;
import io.godwit.index.LocalCache;
import io.godwit.index.LookupBatch;
import io.godwit.index.SegmentFormat;
import io.godwit.index.SegmentWriter;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.RecordRef;
import io.godwit.pack.SessionId;
import io.godwit.store.MemoryStore;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// How collecting, the index and the catalogue scale, on repositories that are generated. Each step
/// is a process of its own, so that its memory is its own:
///
/// | arguments | does |
/// |---|---|
/// | `make-volume DIR CHUNKS` | a repository with one snapshot of so many chunks, and a tenth as many packs that nobody needs |
/// | `collect DIR` | marks it (a dry run), then collects it |
/// | `make-snapshots DIR COUNT` | a repository with so many snapshots of a thousand volumes, collected once |
/// | `list DIR` | reads its catalogue |
/// | `index DIR ROWS` | makes an index of so many rows from segments |
/// | `look-up DIR ROWS` | looks rows of it up |
@SuppressForbidden("a program of its own: it prints what it measured")
public final class ScaleBenchmark {
    private static final int BATCH = 128;
    private static final int PACK_ROWS = 512;
    private static final int SEGMENT_ROWS = SegmentFormat.MAX_ROWS;
    private static final int RECENT = 8192;
    private static final double NANOS = 1e9;

    private final Path directory;

    private ScaleBenchmark(Path directory) {
        this.directory = directory;
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createDirectories(Path.of(arguments[1]));
        long count = arguments.length > 2 ? Long.parseLong(arguments[2]) : 0;
        ScaleBenchmark benchmark = new ScaleBenchmark(directory);
        switch (arguments[0]) {
            case "make-volume" -> benchmark.makeVolume(count);
            case "collect" -> benchmark.collect();
            case "make-snapshots" -> benchmark.makeSnapshots((int) count);
            case "list" -> benchmark.list();
            case "index" -> benchmark.index(count);
            case "look-up" -> benchmark.lookUp(count);
            default -> throw new IllegalArgumentException("no such step: " + arguments[0]);
        }
        print("peak resident", peakMebibytes(), "MiB");
    }

    private static void count(String what, long value) {
        print(what, (double) value, "");
    }

    private static void print(String what, double value, String unit) {
        System.out.printf(Locale.ROOT, "%-40s %,14.2f %s%n", what, value, unit);
    }

    private static double peakMebibytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM:")) {
                return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024;
            }
        }
        return 0;
    }

    private Store store() {
        return new UnsyncedStore(directory.resolve("repository"), new SplittableRandom(1));
    }

    private static void say(String message) {
        System.out.println(message);
    }

    private interface Step {
        void run() throws Exception;
    }

    private static void timed(String what, Step step) throws Exception {
        long start = System.nanoTime();
        long before = processorNanos();
        step.run();
        print(what, (System.nanoTime() - start) / NANOS, "s");
        print(what + ", processor", (processorNanos() - before) / NANOS, "s");
    }

    private static long processorNanos() {
        return ((com.sun.management.OperatingSystemMXBean)
                        ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    // ---- collecting

    private void makeVolume(long chunks) throws Exception {
        try (GeneratedRepository made = GeneratedRepository.create(directory, store())) {
            timed("made", () -> made.volume(chunks, (int) (chunks / 10 / PACK_ROWS)));
        }
    }

    private void collect() throws Exception {
        for (boolean dry : new boolean[] {true, false}) {
            try (GeneratedRepository made = GeneratedRepository.open(directory, store())) {
                String name = dry ? "dry run" : "collection";
                timed(name, () -> collect(made, dry));
            }
        }
    }

    private static void collect(GeneratedRepository made, boolean dry) {
        long[] began = {System.nanoTime()};
        String[] phase = {"opening"};
        CollectionResult result =
                made.repository.collect(
                        new CollectionRequest(dry, false, Duration.ofMinutes(1)),
                        (pid, start) -> true,
                        name -> {
                            long now = System.nanoTime();
                            print("  " + phase[0], (now - began[0]) / NANOS, "s");
                            phase[0] = name;
                            began[0] = now;
                        });
        print("  " + phase[0], (System.nanoTime() - began[0]) / NANOS, "s");
        count("packs", result.listedPacks());
        count("condemned", result.condemnedPacks());
        count("deleted", result.deletedPacks());
    }

    // ---- the catalogue

    private void makeSnapshots(int count) throws Exception {
        try (GeneratedRepository made = GeneratedRepository.create(directory, store())) {
            timed("made", () -> made.snapshots(count));
            timed("collected", () -> collect(made, false));
        }
    }

    private void list() throws Exception {
        for (int i = 0; i < 3; i++) {
            try (GeneratedRepository made = GeneratedRepository.open(directory, store())) {
                timed(
                        "catalogue read",
                        () -> {
                            CatalogueView view = made.repository.catalogue().read();
                            count("snapshots", view.entries().size());
                        });
            }
        }
    }

    // ---- the index

    /// Segments as they are asked for: opening them is left out, as is the store.
    private static final class Segments implements Store {
        private final MemoryStore nothing = new MemoryStore();
        private final Map<String, Long> first = new TreeMap<>();
        private final long rows;
        private long nanos;

        Segments(long rows) {
            this.rows = rows;
            for (long row = 0; row < rows; row += SEGMENT_ROWS) {
                first.put("idx/l0/%016x".formatted(row), row);
            }
        }

        @Override
        public Optional<byte[]> get(ObjectKey key, int maxLength) {
            long start = System.nanoTime();
            long from = first.getOrDefault(key.value(), 0L);
            try (SegmentWriter writer = new SegmentWriter()) {
                for (long row = from; row < Math.min(rows, from + SEGMENT_ROWS); row++) {
                    writer.add(chunk(row));
                }
                return Optional.of(writer.finish());
            } finally {
                nanos += System.nanoTime() - start;
            }
        }

        @Override
        public Page list(String prefix, String after, int limit) {
            List<Listed> found = new ArrayList<>();
            first.keySet().stream()
                    .filter(name -> name.compareTo(after) > 0)
                    .forEach(name -> found.add(new Listed(new ObjectKey(name), 6 << 20)));
            return new Page(found, false);
        }

        @Override
        public Put putIfAbsent(ObjectKey key, MemorySegment content) {
            return nothing.putIfAbsent(key, content);
        }

        @Override
        public long read(ObjectKey key, long offset, MemorySegment target) {
            return nothing.read(key, offset, target);
        }

        @Override
        public Optional<Tail> readTail(ObjectKey key, MemorySegment target) {
            return nothing.readTail(key, target);
        }

        @Override
        public void delete(ObjectKey key) {
            nothing.delete(key);
        }

        @Override
        public String describe() {
            return "generated";
        }

        @Override
        public void close() {
            nothing.close();
        }
    }

    private void index(long rows) throws Exception {
        Segments segments = new Segments(rows);
        try (LocalCache cache = LocalCache.open(directory, new byte[16], ScaleBenchmark::say)) {
            IndexRefresh refresh =
                    new IndexRefresh(
                            cache, segments, (name, object) -> object, ScaleBenchmark::say);
            timed("index made", () -> count("rows", refresh.takeSegments()));
            print("  of that, making the segments", segments.nanos / NANOS, "s");
            print("database's memory", cache.databaseMemoryBytes() / 1048576.0, "MiB");
        }
    }

    private void lookUp(long rows) throws Exception {
        try (LocalCache cache = LocalCache.open(directory, new byte[16], ScaleBenchmark::say)) {
            for (int round = 1; round <= 3; round++) {
                look(cache, "found a moment ago", RECENT, 0, Duration.ofSeconds(3));
                look(cache, "random", rows, 0, Duration.ofSeconds(12));
                look(cache, "not there", rows, 1, Duration.ofSeconds(5));
            }
        }
    }

    private static void look(
            LocalCache cache, String what, long range, long salt, Duration duration) {
        SplittableRandom random = new SplittableRandom(9);
        LookupBatch batch = new LookupBatch(BATCH);
        long end = System.nanoTime() + duration.toNanos();
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long asked = 0;
        long found = 0;
        while (System.nanoTime() < end) {
            batch.clear();
            while (!batch.isFull()) {
                batch.add(id(random.nextLong(range), salt));
            }
            cache.find(batch);
            found += batch.count(LookupBatch.Answer.FOUND);
            asked += BATCH;
        }
        long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
        print(what + " a processor second", asked / (nanos / NANOS), "look-ups");
        print(what + " a second", asked / (double) duration.toSeconds(), "look-ups");
        print(what + ": found", 100.0 * found / asked, "%");
    }

    private static ChunkRef chunk(long row) {
        PackId pack = new PackId(new SessionId(1, 2, 3), (int) (row / PACK_ROWS));
        int ordinal = (int) (row % PACK_ROWS);
        RecordRef record =
                new RecordRef(pack, false, ordinal, 64 + ordinal * 30_000, 29_900, 61_440);
        return new ChunkRef(id(row, 0), record, 0, 61_440);
    }

    private static ChunkId id(long row, long salt) {
        return new ChunkId(mix(row), mix(row + 1), mix(row + 2), mix(row + 3) ^ salt);
    }

    /// The finaliser of MurmurHash3: ids as even as digests.
    private static long mix(long number) {
        long mixed = (number ^ (number >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }
}
