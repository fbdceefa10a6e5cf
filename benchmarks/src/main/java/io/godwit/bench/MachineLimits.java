package io.godwit.bench;

import io.godwit.digest.DigestKey;
import io.godwit.digest.Kernel;
import io.godwit.digest.LeafHasher;
import io.godwit.digest.LeafHashers;
import io.godwit.pack.Codec;
import io.godwit.pack.RecordCodec;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/// What this machine needs on all its processors for the steps of a backup and a restore that
/// nobody can leave out, each measured alone on the bytes of an image: reading, BLAKE3, zstd 1,
/// decompression, and writing both results.
///
/// `benchmarks/compare` starts it, and sets what the tools reach against it.
///
/// Nothing is synced, and packed data is written where the caller says, beside each other, as a
/// repository's is.
public final class MachineLimits {
    private static final int UNIT = 1 << 20;
    private static final int FRAME = 256 << 10;
    private static final long WARM_UP_BYTES = 192L << 20;

    /// Processor seconds by step.
    private enum Step {
        READ,
        HASH,
        COMPRESS,
        DECOMPRESS,
        WRITE_PACKED,
        WRITE_PLAIN
    }

    private final Path image;
    private final Path directory;
    private final int threads = Runtime.getRuntime().availableProcessors();
    private final Map<Step, AtomicLong> nanos = new EnumMap<>(Step.class);
    private final AtomicLong dataBytes = new AtomicLong();
    private final AtomicLong packedBytes = new AtomicLong();

    private MachineLimits(Path image, Path directory) {
        this.image = image;
        this.directory = directory;
        for (Step step : Step.values()) {
            nanos.put(step, new AtomicLong());
        }
    }

    /// Writes `limits.json`, one object: seconds on all processors by step, and bytes.
    ///
    /// @param arguments an image, and a directory to write to
    public static void main(String[] arguments) throws Exception {
        Path image = Path.of(arguments[0]);
        Path directory = Path.of(arguments[1]);
        new MachineLimits(image, directory).run(WARM_UP_BYTES);
        MachineLimits measured = new MachineLimits(image, directory);
        measured.run(Files.size(image));
        Files.writeString(directory.resolve("limits.json"), measured.json());
    }

    private void run(long bytes) throws InterruptedException, ExecutionException, IOException {
        AtomicLong next = new AtomicLong();
        Path plain = directory.resolve("plain");
        try (ExecutorService crew = Executors.newFixedThreadPool(threads);
                FileChannel in = FileChannel.open(image);
                FileChannel out = create(plain)) {
            List<Future<?>> work = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                Path packed = directory.resolve("packed-" + i);
                work.add(
                        crew.submit(
                                () -> {
                                    work(in, out, packed, next, bytes);
                                    return null;
                                }));
            }
            for (Future<?> one : work) {
                one.get();
            }
        }
        Files.delete(plain);
    }

    private static FileChannel create(Path file) throws IOException {
        return FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
    }

    private void work(FileChannel in, FileChannel plainOut, Path packed, AtomicLong next, long end)
            throws IOException {
        LeafHasher hasher = LeafHashers.create(DigestKey.of(new byte[32]), Kernel.AUTO);
        try (Arena arena = Arena.ofConfined();
                RecordCodec codec = new RecordCodec(Codec.parse("zstd:1"));
                FileChannel packedOut = create(packed)) {
            MemorySegment plain = arena.allocate(UNIT, 4096);
            MemorySegment frame = arena.allocate(RecordCodec.bound(FRAME), 4096);
            MemorySegment back = arena.allocate(FRAME, 4096);
            MemorySegment digests = arena.allocate(UNIT / 128, 64);
            for (long at = next.getAndAdd(UNIT); at < end; at = next.getAndAdd(UNIT)) {
                long start = System.nanoTime();
                in.read(plain.asByteBuffer(), at);
                start = add(Step.READ, start);
                hasher.hashLeaves(plain, 0, UNIT / LeafHasher.LEAF_BYTES, digests, 0);
                start = add(Step.HASH, start);
                if (isZero(plain)) {
                    continue;
                }
                start = System.nanoTime();
                plainOut.write(plain.asByteBuffer(), at);
                add(Step.WRITE_PLAIN, start);
                dataBytes.addAndGet(UNIT);
                for (int from = 0; from < UNIT; from += FRAME) {
                    pack(codec, plain, from, frame, back, packedOut);
                }
            }
        }
        Files.delete(packed);
    }

    private void pack(
            RecordCodec codec,
            MemorySegment plain,
            int from,
            MemorySegment frame,
            MemorySegment back,
            FileChannel out)
            throws IOException {
        long start = System.nanoTime();
        int length = codec.compress(plain, from, FRAME, frame, 0);
        start = add(Step.COMPRESS, start);
        boolean raw = length <= 0 || length >= FRAME;
        if (!raw) {
            codec.decompress(Codec.ZSTD_CODE, frame, 0, length, back, 0, FRAME);
            start = add(Step.DECOMPRESS, start);
        }
        MemorySegment kept = raw ? plain.asSlice(from, FRAME) : frame.asSlice(0, length);
        ByteBuffer bytes = kept.asByteBuffer();
        packedBytes.addAndGet(bytes.remaining());
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
        add(Step.WRITE_PACKED, start);
    }

    private static boolean isZero(MemorySegment unit) {
        return unit.mismatch(MemorySegment.ofArray(new byte[UNIT])) < 0;
    }

    private AtomicLong spent(Step step) {
        return Objects.requireNonNull(nanos.get(step));
    }

    private long add(Step step, long since) {
        long now = System.nanoTime();
        spent(step).addAndGet(now - since);
        return now;
    }

    private String json() {
        StringBuilder json = new StringBuilder("{\"threads\": ").append(threads);
        for (Step step : Step.values()) {
            String name = step.name().toLowerCase(Locale.ROOT);
            double seconds = spent(step).get() / 1e9 / threads;
            json.append(String.format(Locale.ROOT, ", \"%s\": %.3f", name, seconds));
        }
        return json.append(", \"dataBytes\": ")
                .append(dataBytes)
                .append(", \"packedBytes\": ")
                .append(packedBytes)
                .append('}')
                .toString();
    }
}
