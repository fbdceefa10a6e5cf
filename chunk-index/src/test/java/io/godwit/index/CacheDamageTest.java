package io.godwit.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.pack.ChunkRef;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whatever happens to the files of a cache: it opens, answers nothing wrong, says so at most once,
/// and works again.
final class CacheDamageTest {
    private static final byte[] REPOSITORY = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    @TempDir Path directory;
    private Path database;
    private final List<String> warnings = new ArrayList<>();
    private final List<ChunkRef> refs = new Rows(1).refs(9_000, 9);

    @BeforeEach
    void fill() {
        database = directory.resolve("pristine").resolve(HexFormat.of().formatHex(REPOSITORY));
        try (LocalCache cache = open(directory.resolve("pristine"))) {
            SegmentReader segment = segment();
            cache.add(segment);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment list = arena.allocate(50_000);
                cache.putLeafList(refs.getFirst().record().pack(), list);
            }
            cache.flush();
            cache.advanceWatermark(3);
        }
        database = database.resolve("index");
        assertThat(warnings).isEmpty();
    }

    private SegmentReader segment() {
        return new SegmentReader("s", SegmentFormatTest.write(refs));
    }

    @ParameterizedTest
    @CsvSource({"CURRENT", "MANIFEST", "OPTIONS", "IDENTITY", ".sst", ".log", ".blob", "LOCK"})
    void aDeletedFile(String kind) throws IOException {
        for (Path file : files(kind)) {
            Path home = copy();
            Files.delete(in(home, file));
            survives(home);
        }
    }

    @ParameterizedTest
    @CsvSource({"CURRENT", "MANIFEST", "OPTIONS", "IDENTITY", ".sst", ".log", ".blob"})
    void anEmptyFile(String kind) throws IOException {
        for (Path file : files(kind)) {
            Path home = copy();
            Files.write(in(home, file), new byte[0]);
            survives(home);
        }
    }

    @ParameterizedTest
    @CsvSource({"CURRENT", "MANIFEST", "OPTIONS", "IDENTITY", ".sst", ".log", ".blob"})
    void aFileCutShort(String kind) throws IOException {
        for (Path file : files(kind)) {
            Path home = copy();
            Path victim = in(home, file);
            try (FileChannel channel = FileChannel.open(victim, StandardOpenOption.WRITE)) {
                channel.truncate(channel.size() * 2 / 3);
            }
            survives(home);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "CURRENT,2",
        "MANIFEST,4",
        "OPTIONS,1",
        "IDENTITY,1",
        ".sst,4",
        ".log,3",
        ".blob,2"
    })
    void aFlippedByte(String kind, int times) throws IOException {
        SplittableRandom random = new SplittableRandom(kind.hashCode());
        for (int i = 0; i < times; i++) {
            for (Path file : files(kind)) {
                Path home = copy();
                flip(in(home, file), random);
                survives(home);
            }
        }
    }

    @Test
    void everythingIsGarbage() throws IOException {
        Path home = copy();
        SplittableRandom random = new SplittableRandom(7);
        for (Path file : files("")) {
            byte[] garbage = new byte[(int) Math.min(5000, Files.size(file))];
            random.nextBytes(garbage);
            Files.write(in(home, file), garbage);
        }
        survives(home);
    }

    @Test
    void ofAFutureFormatIsDiscarded() throws IOException {
        Path home = copy();
        try (LocalCache cache = open(home)) {
            byte[] future =
                    ByteBuffer.allocate(18)
                            .putShort((short) (CacheOpener.FORMAT + 1))
                            .put(REPOSITORY)
                            .array();
            cache.putFacts(Map.of(FactKeys.IDENTITY, future), true);
        }
        try (LocalCache cache = open(home)) {
            assertThat(cache.mode()).isEqualTo(LocalCache.Mode.PRIMARY);
            assertThat(cache.find(refs.getFirst().id())).isNull();
        }
        assertThat(warnings).hasSize(1).first().asString().contains("format");
    }

    @Test
    void damageThatIsMetOnTheWayIsDiscardedByTheNextOne() throws IOException {
        Path home = copy();
        Path sst = in(home, largest(".sst"));
        try (FileChannel channel = FileChannel.open(sst, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}), 100);
        }
        try (LocalCache cache = open(home)) {
            assertThat(cache.mode()).isEqualTo(LocalCache.Mode.PRIMARY);
            answersNothingWrong(cache);
            assertThat(cache.mode()).isEqualTo(LocalCache.Mode.MEMORY);
            cache.add(refs);
            LocalCacheTest.assertFinds(cache, refs);
        }
        assertThat(warnings).hasSize(1);
        try (LocalCache cache = open(home)) {
            assertThat(cache.mode()).isEqualTo(LocalCache.Mode.PRIMARY);
            assertThat(cache.watermark()).isEqualTo(0);
            cache.add(refs);
            LocalCacheTest.assertFinds(cache, refs);
        }
        assertThat(warnings).hasSize(2).last().asString().contains("damage");
    }

    /// Opens it again and again: whatever it is like, it answers; in the end, nothing is left to
    /// warn of.
    private void survives(Path home) {
        warnings.clear();
        try (LocalCache cache = open(home)) {
            answersNothingWrong(cache);
            readLeaves(cache);
            List<ChunkRef> more = new Rows(99).refs(300, 2);
            cache.add(more);
            LocalCacheTest.assertFinds(cache, more);
        }
        assertThat(warnings).hasSizeLessThanOrEqualTo(1);
        boolean warned = !warnings.isEmpty();
        try (LocalCache cache = open(home)) {
            assertThat(cache.mode()).isEqualTo(LocalCache.Mode.PRIMARY);
            answersNothingWrong(cache);
            readLeaves(cache);
        }
        assertThat(warnings).hasSizeLessThanOrEqualTo(warned ? 2 : 1);
        if (warnings.isEmpty()) {
            return;
        }
        warnings.clear();
        try (LocalCache cache = open(home)) {
            answersNothingWrong(cache);
            assertThat(cache.mode()).isEqualTo(LocalCache.Mode.PRIMARY);
        }
        assertThat(warnings).isEmpty();
    }

    private void readLeaves(LocalCache cache) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(1 << 17);
            int length = cache.readLeafList(refs.getFirst().record().pack(), target);
            assertThat(length).isIn(-1, 50_000);
        }
    }

    private void answersNothingWrong(LocalCache cache) {
        LookupBatch batch = new LookupBatch(500);
        for (int from = 0; from < refs.size(); from += 500) {
            batch.clear();
            refs.subList(from, from + 500).forEach(ref -> batch.add(ref.id()));
            cache.find(batch);
            for (int i = 0; i < 500; i++) {
                if (batch.found(i)) {
                    assertThat(batch.ref(i)).isEqualTo(refs.get(from + i));
                }
            }
        }
        assertThat(cache.watermark()).isIn(0L, 3L);
    }

    private List<Path> files(String kind) throws IOException {
        try (Stream<Path> all = Files.list(database)) {
            List<Path> found =
                    all.filter(file -> file.getFileName().toString().contains(kind)).toList();
            assertThat(found).isNotEmpty();
            return found;
        }
    }

    private Path largest(String kind) throws IOException {
        Path largest = files(kind).getFirst();
        for (Path file : files(kind)) {
            largest = Files.size(file) > Files.size(largest) ? file : largest;
        }
        return largest;
    }

    private Path copy() throws IOException {
        Path home = Files.createTempDirectory(directory, "copy");
        Files.createSymbolicLink(home.resolve("lib"), directory.resolve("pristine/lib"));
        Files.createDirectories(in(home, database));
        for (Path file : files("")) {
            Files.copy(file, in(home, file), StandardCopyOption.REPLACE_EXISTING);
        }
        return home;
    }

    private Path in(Path home, Path file) {
        return home.resolve(directory.resolve("pristine").relativize(file));
    }

    private static void flip(Path file, SplittableRandom random) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
            Files.write(file, bytes);
        }
    }

    private LocalCache open(Path home) {
        return LocalCache.open(home, REPOSITORY, warnings::add);
    }
}
