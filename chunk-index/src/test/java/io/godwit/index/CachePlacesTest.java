package io.godwit.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.pack.ChunkRef;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Directories in which a cache cannot live, or not for long.
@Timeout(60)
final class CachePlacesTest {
    private static final byte[] REPOSITORY = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    @TempDir Path directory;
    private final List<String> warnings = new ArrayList<>();
    private final List<ChunkRef> refs = new Rows(1).refs(3000, 4);

    @Test
    void belowARegularFileItKeepsEverythingInMemory() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        worksInMemory(file.resolve("cache"));
    }

    @Test
    void aRegularFileInItsPlace() throws IOException {
        Files.createFile(directory.resolve(HexFormat.of().formatHex(REPOSITORY)));
        worksInMemory(directory);
    }

    @Test
    void aRegularFileInItsDatabasesPlaceIsReplaced() throws IOException {
        Path home = Files.createDirectory(directory.resolve(HexFormat.of().formatHex(REPOSITORY)));
        Files.writeString(home.resolve("index"), "something else");
        try (LocalCache cache = open(directory)) {
            assertThat(cache.mode()).isEqualTo(LocalCache.Mode.PRIMARY);
            works(cache);
        }
        assertThat(warnings).hasSize(1);
    }

    @Test
    void aFileSystemThatTakesNoFiles() {
        worksInMemory(Path.of("/proc/self/cache"));
    }

    @Test
    void aReadOnlyFileSystemIsReadAndNotWritten() throws Exception {
        try (LocalCache cache = open(directory)) {
            cache.add(refs);
        }
        Path mount = Files.createDirectory(directory.resolve("mount"));
        assumeTrue(run("mount", "--bind", directory.toString(), mount.toString()));
        try {
            assumeTrue(run("mount", "-o", "remount,bind,ro", mount.toString()));
            try (LocalCache cache = open(mount)) {
                assertThat(cache.mode()).isEqualTo(LocalCache.Mode.READ_ONLY);
                LocalCacheTest.assertFinds(cache, refs);
                List<ChunkRef> more = new Rows(2).refs(100, 2);
                cache.add(more);
                LocalCacheTest.assertFinds(cache, more);
            }
        } finally {
            assertThat(run("umount", mount.toString())).isTrue();
        }
        assertThat(warnings).isEmpty();
    }

    @Test
    void aFullDiskLeavesTheRestToMemory() throws Exception {
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=40m", "none", directory.toString()));
        try {
            fillUp();
            assertThat(warnings).hasSize(1).first().asString().contains("no longer written");
            warnings.clear();
            try (LocalCache cache = open(directory)) {
                works(cache);
            }
            assertThat(warnings).hasSizeLessThanOrEqualTo(1);
        } finally {
            assertThat(run("umount", directory.toString())).isTrue();
        }
    }

    private void fillUp() {
        try (LocalCache cache = open(directory);
                Arena arena = Arena.ofConfined()) {
            assertThat(cache.mode()).isEqualTo(LocalCache.Mode.PRIMARY);
            cache.add(refs);
            MemorySegment list = arena.allocate(1 << 20);
            Rows packs = new Rows(3);
            for (int i = 0; i < 60; i++) {
                cache.putLeafList(packs.pack(i), list);
            }
            assertThat(cache.mode()).isEqualTo(LocalCache.Mode.READ_ONLY);
            List<ChunkRef> more = new Rows(4).refs(20_000, 2);
            cache.add(new SegmentReader("s", SegmentFormatTest.write(more)));
            LocalCacheTest.assertFinds(cache, more);
            LocalCacheTest.assertFinds(cache, refs);
            cache.deny(Set.of(refs.getFirst().record().pack()), 4);
            cache.advanceWatermark(4);
            assertThat(cache.watermark()).isEqualTo(4);
            assertThat(cache.find(refs.getFirst().id())).isNull();
        }
    }

    private void worksInMemory(Path place) {
        try (LocalCache cache = open(place)) {
            assertThat(cache.mode()).isEqualTo(LocalCache.Mode.MEMORY);
            works(cache);
        }
        assertThat(warnings).hasSize(1).first().asString().contains("memory");
    }

    private void works(LocalCache cache) {
        cache.add(refs);
        LocalCacheTest.assertFinds(cache, refs);
        cache.noteCounter("v", 3);
        assertThat(cache.newestCounter("v")).hasValue(3);
        cache.deny(Set.of(refs.getFirst().record().pack()), 2);
        assertThat(cache.find(refs.getFirst().id())).isNull();
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    private LocalCache open(Path place) {
        return LocalCache.open(place, REPOSITORY, warnings::add);
    }
}
