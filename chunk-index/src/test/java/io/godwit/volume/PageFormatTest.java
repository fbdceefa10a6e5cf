package io.godwit.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.SessionId;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PageFormatTest {
    private final Random random = new Random(11);
    private final TestChunks chunks = new TestChunks(random);
    private final TestChunks next = new TestChunks(random, new SessionId(8, random.nextLong(), 77));
    private final FakeRecords records = new FakeRecords(12);
    private final PageWriter writer = new PageWriter();
    private final PageLoader loader = new PageLoader(records);
    private final PageChain chain = new PageChain();
    private final RegionMap map = new RegionMap();
    private final RegionMap read = new RegionMap();

    @Test
    void aFreshPageIsAnIdAndAFewBytesForEachChunk() {
        chunks.fill(map);
        MemorySegment page = writer.encode(map, null);

        assertThat(map.chunks().count()).isBetween(1050, 1150);
        assertThat(page.byteSize()).isLessThan(45_000).isLessThan(map.chunks().count() * 40L);
        requireReads(put(page));
    }

    @Test
    void aSmallChangeIsASmallPatch() {
        chunks.fill(map);
        ChunkRef parent = put(writer.encode(map, null));
        loader.load(parent, read, chain);
        read.overlay(5000, 4, read.addChunk(next.next(4 * 4096)), 0);

        MemorySegment page = writer.encode(read, chain);

        assertThat(writer.outcome()).isEqualTo(PageWriter.Outcome.PATCH);
        assertThat(page.byteSize()).isLessThan(200);
        map.copyFrom(read);
        requireReads(put(page));
    }

    @Test
    void aMapLikeItsParentNeedsNoPage() {
        chunks.fill(map);
        loader.load(put(writer.encode(map, null)), read, chain);

        assertThat(writer.encode(read, chain).byteSize()).isZero();
        assertThat(writer.outcome()).isEqualTo(PageWriter.Outcome.UNCHANGED);
    }

    @Test
    void aMovedChunkIsAChange() {
        ChunkRef ref = chunks.next(8192);
        map.overlay(0, 2, map.addChunk(ref), 0);
        chunks.change(map, 200, 40);
        map.overlay(0, 2, map.addChunk(ref), 0);
        loader.load(put(writer.encode(map, null)), read, chain);
        map.overlay(0, 2, map.addChunk(TestChunks.at(ref, 44, 4096)), 0);

        requireReads(put(writer.encode(map, chain)));
        assertThat(writer.outcome()).isEqualTo(PageWriter.Outcome.PATCH);
        assertThat(read.chunks().ref(read.slot(0)).record().pack().counter()).isEqualTo(44);
    }

    @Test
    void chunksThatNoExtentNamesAreDropped() {
        chunks.fill(map);
        map.overlayHole(100, map.units() - 100);
        loader.load(put(writer.encode(map, null)), read);

        assertThat(read.chunks().count()).isLessThan(13);
        assertThat(map.chunks().count()).isGreaterThan(1000);
    }

    @Test
    void readsRepeatsPartsAndHoles() {
        int a = map.addChunk(chunks.next(20 * 4096));
        int b = map.addChunk(chunks.next(30 * 4096 + 5));
        map.overlay(10, 20, a, 0);
        map.overlay(100, 20, a, 0);
        map.overlay(200, 10, b, 20);
        map.overlay(105, 3, b, 1);
        map.overlay(400, 16, map.addChunk(chunks.next(16 * 4096)), 0);

        requireReads(put(writer.encode(map, null)));
    }

    @Test
    void readsRegionsThatEndInsideALeaf() {
        map.clear(100 * 4096 + 17, 4096);
        chunks.fill(map);
        requireReads(put(writer.encode(map, null)));
        assertThat(read.regionLength()).isEqualTo(100 * 4096 + 17);
    }

    @Test
    void readsMapsThatCountBytes() {
        map.clear(50 << 20, 1);
        int start = 0;
        while (start < map.units()) {
            int length = Math.min(500_000 + random.nextInt(500_000), map.units() - start);
            map.overlay(start, length, map.addChunk(chunks.next(length)), 0);
            start += length;
        }
        map.overlayHole(12_345, 678_901);
        requireReads(put(writer.encode(map, null)));
        assertThat(read.grain()).isEqualTo(1);
    }

    @Test
    void aPatchMayChangeTheRegionsLength() {
        map.clear(300 * 4096 + 17, 4096);
        chunks.fill(map);
        ChunkRef first = put(writer.encode(map, null));
        loader.load(first, map, chain);
        int unknown = map.resize(400 * 4096 + 5);
        int slot = map.addChunk(next.next(200 * 4096));
        map.overlay(unknown, map.units() - unknown, slot, 0);

        MemorySegment page = writer.encode(map, chain);
        assertThat(writer.outcome()).isEqualTo(PageWriter.Outcome.PATCH);
        requireReads(put(page));

        loader.load(first, map, chain);
        map.resize(200 * 4096 + 100);
        requireReads(put(writer.encode(map, chain)));
    }

    @Test
    void recordsOfSeveralChunksAreNamedOnce() {
        ChunkRef whole = chunks.next(32 * 4096);
        for (int part = 0; part < 4; part++) {
            ChunkRef ref = new ChunkRef(chunks.id(), whole.record(), part * 8 * 4096, 8 * 4096);
            map.overlay(8 * part, 8, map.addChunk(ref), 0);
        }
        MemorySegment page = writer.encode(map, null);
        assertThat(page.byteSize()).isLessThan(4 * 36 + 60);
        requireReads(put(page));
    }

    @Test
    void refusesWhatANewerOneWrote() {
        chunks.fill(map);
        byte[] page = writer.encode(map, null).toArray(ValueLayout.JAVA_BYTE);
        page[1] = 2;
        ChunkRef ref = put(MemorySegment.ofArray(page));

        assertThatThrownBy(() -> loader.load(ref, read))
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> {
                            assertThat(e.kind()).isEqualTo(FailureKind.INVALID);
                            assertThat(e.hint()).contains("use a newer godwit");
                        });
    }

    private ChunkRef put(MemorySegment page) {
        return records.put(page, (int) page.byteSize());
    }

    private void requireReads(ChunkRef page) {
        loader.load(page, read);
        read.validate();
        assertThat(read.sameReferences(map)).isTrue();
        assertThat(map.sameReferences(read)).isTrue();
    }
}
