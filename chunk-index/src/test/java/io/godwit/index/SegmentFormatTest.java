package io.godwit.index;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.chunk.ChunkId;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.RecordRef;
import io.godwit.pack.SessionId;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SegmentFormatTest {
    private static final String NAME = "idx/l0/x";

    @Test
    void readsBackWhatWasWrittenSortedById() {
        List<ChunkRef> refs = new Rows(1).refs(5000, 17);
        assertThat(read(write(refs)))
                .containsExactlyElementsOf(
                        refs.stream().sorted(Comparator.comparing(ChunkRef::id)).toList());
    }

    @Test
    void sortsIdsThatDifferInTheirLastByteOnly() {
        Rows rows = new Rows(2);
        List<ChunkRef> refs = new ArrayList<>();
        for (long last = 300; last > -300; last--) {
            refs.add(rows.ref(new ChunkId(-1, 7, 7, last), rows.pack(1)));
        }
        assertThat(read(write(refs))).isSortedAccordingTo(Comparator.comparing(ChunkRef::id));
    }

    @Test
    void keepsTheFirstPlaceOfAnIdAndNoPackWithoutRows() {
        Rows rows = new Rows(3);
        ChunkRef first = rows.ref(rows.id(), rows.pack(1));
        ChunkRef second = rows.ref(first.id(), rows.pack(2));
        byte[] content = write(List.of(first, second));
        assertThat(read(content)).containsExactly(first);
        assertThat(new SegmentReader(NAME, content).packs()).containsExactly(rows.pack(1));
    }

    @Test
    void readsVersion1ForEver() throws IOException {
        try (InputStream golden =
                getClass().getResourceAsStream("/golden/index/segment-v1.golden")) {
            byte[] content = requireNonNull(golden).readAllBytes();
            List<ChunkRef> refs = golden();
            assertThat(read(content)).containsExactlyElementsOf(refs);
            assertThat(write(refs)).isEqualTo(content);
        }
    }

    /// What the golden file holds: shared and lonely records, both kinds of packs, small and large
    /// numbers.
    private static List<ChunkRef> golden() {
        SessionId early = new SessionId(0, 0x0123456789abcdefL, 0x76543210);
        SessionId late = new SessionId(0x1122334455667788L, -1, -1);
        RecordRef lonely = new RecordRef(new PackId(early, 0), false, 0, 64, 1, 4096);
        RecordRef shared = new RecordRef(new PackId(early, 0), false, 1, 93, 300_000, 524_288);
        RecordRef page = new RecordRef(new PackId(early, 1), true, 127, 128, 129, 16_384);
        int most = Integer.MAX_VALUE;
        RecordRef last = new RecordRef(new PackId(late, -1), false, most, most, most, most);
        return List.of(
                new ChunkRef(new ChunkId(0, 0, 0, 1), lonely, 0, 4096),
                new ChunkRef(new ChunkId(1, 2, 3, 4), shared, 0, 262_144),
                new ChunkRef(new ChunkId(1, 2, 3, 5), shared, 262_144, 262_144),
                new ChunkRef(new ChunkId(Long.MAX_VALUE, 0, 0, 0), page, 0, 16_384),
                new ChunkRef(new ChunkId(-1, -1, -1, -1), last, most - 1, 1));
    }

    @Test
    void writesAnEmptySegment() {
        assertThat(read(write(List.of()))).isEmpty();
    }

    @Test
    void aWriterIsEmptyAfterwardsAndCanBeUsedAgain() {
        List<ChunkRef> refs = new Rows(4).refs(10, 2);
        try (SegmentWriter writer = new SegmentWriter()) {
            refs.forEach(writer::add);
            byte[] first = writer.finish();
            assertThat(writer.isEmpty()).isTrue();
            refs.forEach(writer::add);
            assertThat(writer.finish()).isEqualTo(first);
        }
    }

    @Test
    void everyFlippedByteIsCorrupt() {
        byte[] content = write(new Rows(5).refs(20, 3));
        for (int i = 0; i < content.length; i++) {
            byte[] damaged = content.clone();
            damaged[i] ^= 0x10;
            assertThatThrownBy(() -> read(damaged))
                    .isInstanceOfSatisfying(
                            GodwitException.class,
                            e -> {
                                assertThat(e.kind()).isEqualTo(FailureKind.CORRUPT);
                                assertThat(e.object()).contains(NAME);
                            });
        }
    }

    @Test
    void everyCutIsCorrupt() {
        byte[] content = write(new Rows(6).refs(20, 3));
        for (int length = 0; length < content.length; length++) {
            byte[] cut = Arrays.copyOf(content, length);
            assertThatThrownBy(() -> read(cut)).isInstanceOf(GodwitException.class);
        }
    }

    static byte[] write(List<ChunkRef> refs) {
        try (SegmentWriter writer = new SegmentWriter()) {
            refs.forEach(writer::add);
            return writer.finish();
        }
    }

    static List<ChunkRef> read(byte[] content) {
        SegmentReader reader = new SegmentReader(NAME, content);
        List<ChunkRef> refs = new ArrayList<>();
        while (reader.next()) {
            refs.add(reader.ref());
        }
        return refs;
    }
}
