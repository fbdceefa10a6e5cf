package io.godwit.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.index.LookupBatch.Answer;
import io.godwit.pack.BadPlaces;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalCacheTest {
    private static final byte[] REPOSITORY = id("0123456789abcdef");

    @TempDir Path directory;
    private final List<String> warnings = new ArrayList<>();

    @Test
    void findsWhatWasAddedAlsoAfterOpeningAgain() {
        Rows rows = new Rows(1);
        List<ChunkRef> refs = rows.refs(500, 7);
        try (LocalCache cache = open()) {
            assertThat(cache.mode()).isEqualTo(LocalCache.Mode.PRIMARY);
            cache.add(refs);
            assertFinds(cache, refs);
            assertThat(cache.find(rows.id())).isNull();
        }
        try (LocalCache cache = open()) {
            assertFinds(cache, refs);
        }
        assertThat(warnings).isEmpty();
    }

    @Test
    void aSecondOneReadsAndKeepsItsOwnOnTop() {
        Rows rows = new Rows(2);
        List<ChunkRef> before = rows.refs(100, 3);
        List<ChunkRef> after = rows.refs(100, 3);
        try (LocalCache primary = open()) {
            primary.add(before);
            try (LocalCache second = open()) {
                assertThat(second.mode()).isEqualTo(LocalCache.Mode.READ_ONLY);
                assertFinds(second, before);
                second.add(after);
                assertFinds(second, after);
                assertThat(primary.find(after.getFirst().id())).isNull();
            }
        }
        assertThat(warnings).isEmpty();
    }

    @Test
    void condemnedPacksAreNotFoundUntilSpared() {
        Rows rows = new Rows(3);
        List<ChunkRef> refs = rows.refs(10, 2);
        try (LocalCache cache = open()) {
            cache.add(refs);
            cache.condemn(Set.of(rows.pack(1)));
            assertThat(cache.find(refs.get(0).id())).isEqualTo(refs.get(0));
            assertThat(cache.find(refs.get(1).id())).isNull();
            cache.condemnOnly(Set.of());
            assertThat(cache.find(refs.get(1).id())).isEqualTo(refs.get(1));
        }
    }

    @Test
    void badPlacesAreNotFoundUntilTheyAreNotBadAnyMore() {
        Rows rows = new Rows(8);
        List<ChunkRef> refs = rows.refs(9, 3);
        try (LocalCache cache = open()) {
            cache.add(refs);
            PackId doubtful = rows.pack(0);
            int ordinal = refs.get(0).record().ordinal();
            cache.avoid(BadPlaces.of(Map.of(doubtful, Set.of(ordinal), rows.pack(1), Set.of())));
            cache.condemn(Set.of(rows.pack(2)));
            assertThat(cache.find(refs.get(0).id())).isNull();
            assertThat(refs.get(3).record().pack()).isEqualTo(doubtful);
            assertThat(refs.get(3).record().ordinal()).isNotEqualTo(ordinal);
            assertThat(cache.find(refs.get(3).id())).isEqualTo(refs.get(3));
            assertThat(cache.find(refs.get(1).id())).isNull();
            cache.condemnOnly(Set.of());
            assertThat(cache.find(refs.get(1).id())).isNull();
            assertThat(cache.find(refs.get(2).id())).isEqualTo(refs.get(2));
            cache.condemn(Set.of(rows.pack(2)));
            cache.avoid(BadPlaces.NONE);
            assertThat(cache.find(refs.get(0).id())).isEqualTo(refs.get(0));
            assertThat(cache.find(refs.get(1).id())).isEqualTo(refs.get(1));
            assertThat(cache.find(refs.get(2).id())).as("condemned all the same").isNull();
        }
    }

    /// A copy in another place takes the place of a bad one.
    @Test
    void aChunkThatWasStoredAgainIsFoundInItsNewPlace() {
        Rows rows = new Rows(9);
        ChunkRef lost = rows.ref(rows.id(), rows.pack(0));
        ChunkRef now = rows.ref(lost.id(), rows.pack(1));
        try (LocalCache cache = open()) {
            cache.add(List.of(lost));
            cache.avoid(BadPlaces.of(Map.of(rows.pack(0), Set.of(lost.record().ordinal()))));
            cache.add(List.of(now));
            assertThat(cache.find(lost.id())).isEqualTo(now);
        }
    }

    @Test
    void sweptPacksAreNeverFoundAgain() {
        Rows rows = new Rows(4);
        List<ChunkRef> refs = rows.refs(10, 2);
        try (LocalCache cache = open()) {
            cache.add(refs);
            cache.deny(Set.of(rows.pack(0)), 7);
            cache.advanceWatermark(7);
            assertThat(cache.find(refs.get(0).id())).isNull();
        }
        try (LocalCache cache = open()) {
            assertThat(cache.watermark()).isEqualTo(7);
            assertThat(cache.find(refs.get(0).id())).isNull();
            assertThat(cache.find(refs.get(1).id())).isEqualTo(refs.get(1));
            cache.add(refs);
            assertThat(cache.find(refs.get(0).id())).isNull();
        }
    }

    @Test
    void keepsLeafLists() {
        Rows rows = new Rows(5);
        try (Arena arena = Arena.ofConfined();
                LocalCache cache = open()) {
            MemorySegment list = arena.allocate(100_000);
            list.fill((byte) 7);
            cache.putLeafList(rows.pack(1), list);
            MemorySegment target = arena.allocate(1 << 20);
            assertThat(cache.readLeafList(rows.pack(2), target)).isEqualTo(-1);
            assertThat(cache.readLeafList(rows.pack(1), target)).isEqualTo(100_000);
            assertThat(target.get(ValueLayout.JAVA_BYTE, 99_999)).isEqualTo((byte) 7);
            assertThat(target.get(ValueLayout.JAVA_BYTE, 100_000)).isEqualTo((byte) 0);
            assertThat(cache.readLeafList(rows.pack(1), arena.allocate(10))).isEqualTo(100_000);
            cache.deny(Set.of(rows.pack(1)), 1);
            assertThat(cache.readLeafList(rows.pack(1), target)).isEqualTo(-1);
        }
    }

    @Test
    void ofAnotherRepositoryIsDiscarded() throws Exception {
        List<ChunkRef> refs = new Rows(6).refs(10, 1);
        byte[] other = id("fedcba9876543210");
        try (LocalCache cache = LocalCache.open(directory, other, warnings::add)) {
            cache.add(refs);
        }
        Files.move(directory.resolve(hex(other)), directory.resolve(hex(REPOSITORY)));
        try (LocalCache cache = open()) {
            assertThat(cache.mode()).isEqualTo(LocalCache.Mode.PRIMARY);
            assertThat(cache.find(refs.getFirst().id())).isNull();
        }
        assertThat(warnings).hasSize(1).first().asString().contains("another repository");
    }

    @Test
    void withoutADiskItWorksInMemory() {
        List<ChunkRef> refs = new Rows(7).refs(10_000, 3);
        try (LocalCache cache = LocalCache.inMemory()) {
            cache.add(refs);
            assertFinds(cache, refs);
        }
    }

    private static byte[] id(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String hex(byte[] id) {
        return HexFormat.of().formatHex(id);
    }

    private LocalCache open() {
        return LocalCache.open(directory, REPOSITORY, warnings::add);
    }

    static void assertFinds(ChunkIndex index, List<ChunkRef> refs) {
        LookupBatch batch = new LookupBatch(64);
        for (int from = 0; from < refs.size(); from += batch.capacity()) {
            batch.clear();
            List<ChunkRef> part = refs.subList(from, Math.min(refs.size(), from + 64));
            part.forEach(ref -> batch.add(ref.id()));
            index.find(batch);
            assertThat(batch.count(Answer.FOUND)).isEqualTo(part.size());
            for (int i = 0; i < part.size(); i++) {
                assertThat(batch.ref(i)).isEqualTo(part.get(i));
            }
        }
    }
}
