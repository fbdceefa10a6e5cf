package io.godwit.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.pack.ChunkRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BulkLoadTest {
    private static final byte[] REPOSITORY = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    @TempDir Path directory;
    private final List<String> warnings = new ArrayList<>();

    @Test
    void bringsManySegmentsInAsOne() throws IOException {
        List<List<ChunkRef>> all = new ArrayList<>();
        for (int seed = 0; seed < 5; seed++) {
            all.add(new Rows(seed).refs(7000 + seed, 4));
        }
        try (LocalCache cache = LocalCache.open(directory, REPOSITORY, warnings::add)) {
            cache.deny(Set.of(new Rows(2).pack(1)), 1);
            assertThat(cache.addAll(1_000_000, sink -> all.forEach(refs -> sink.accept(of(refs)))))
                    .isTrue();
            all.remove(2);
            all.forEach(refs -> LocalCacheTest.assertFinds(cache, refs));
            List<ChunkRef> swept = new Rows(2).refs(7002, 4);
            assertThat(cache.find(swept.get(0).id())).isEqualTo(swept.get(0));
            assertThat(cache.find(swept.get(1).id())).isNull();
        }
        try (LocalCache cache = LocalCache.open(directory, REPOSITORY, warnings::add)) {
            all.forEach(refs -> LocalCacheTest.assertFinds(cache, refs));
        }
        try (Stream<Path> files = Files.walk(directory)) {
            assertThat(files.filter(file -> file.toString().contains("rows-"))).isEmpty();
        }
        assertThat(warnings).isEmpty();
    }

    @Test
    void theSameSegmentTwiceIsNoHarm() {
        List<ChunkRef> refs = new Rows(1).refs(3000, 4);
        try (LocalCache cache = LocalCache.open(directory, REPOSITORY, warnings::add)) {
            assertThat(
                            cache.addAll(
                                    10,
                                    sink -> {
                                        sink.accept(of(refs));
                                        sink.accept(of(refs));
                                    }))
                    .isTrue();
            LocalCacheTest.assertFinds(cache, refs);
        }
    }

    @Test
    void inMemoryThereIsNone() {
        try (LocalCache cache = LocalCache.inMemory()) {
            assertThat(cache.addAll(10, sink -> sink.accept(of(List.of())))).isFalse();
        }
    }

    private static SegmentReader of(List<ChunkRef> refs) {
        return new SegmentReader("s", SegmentFormatTest.write(refs));
    }
}
