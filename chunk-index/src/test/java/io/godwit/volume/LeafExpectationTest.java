package io.godwit.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LeafExpectationTest {
    private final Random random = new Random(6);
    private final TestChunks chunks = new TestChunks(random);
    private final RegionMap map = new RegionMap();
    private final Map<PackId, List<ChunkRef>> packs = new HashMap<>();
    private final List<PackId> asked = new ArrayList<>();
    private final LeafExpectation expected =
            new LeafExpectation(
                    pack -> {
                        asked.add(pack);
                        return packs.containsKey(pack) ? FakeLeafLists.list(packs.get(pack)) : null;
                    });

    @Test
    void laysOutPartsRepeatsAndHoles() {
        ChunkRef a = stored(20 * 4096);
        ChunkRef b = stored(16 * 4096);
        map.overlay(10, 20, map.addChunk(a), 0);
        map.overlay(100, 5, map.addChunk(a), 7);
        map.overlay(12, 4, map.addChunk(b), 3);

        expected.lay(map);

        for (int leaf = 0; leaf < map.units(); leaf++) {
            int extent = map.find(leaf);
            int inChunk = map.skip(extent) + leaf - map.start(extent);
            if (map.slot(extent) == RegionMap.HOLE) {
                assertThat(expected.state(leaf)).isEqualTo(LeafExpectation.State.HOLE);
            } else {
                requireKnown(leaf, map.chunks().ref(map.slot(extent)), inChunk);
            }
        }
        assertThat(asked).hasSize(1);
    }

    @Test
    void aMissingListOrChunkIsUnknown() {
        map.overlay(0, 4, map.addChunk(chunks.next(4 * 4096)), 0);
        ChunkRef known = stored(4 * 4096);
        map.overlay(4, 4, map.addChunk(known), 0);
        expected.lay(map);
        assertThat(expected.state(0)).isEqualTo(LeafExpectation.State.UNKNOWN);
        assertThat(expected.isKnown(4)).isTrue();

        packs.clear();
        expected.lay(map);
        assertThat(expected.state(4)).isEqualTo(LeafExpectation.State.UNKNOWN);
        assertThat(expected.isHole(8)).isTrue();
    }

    @Test
    void aShortLeafIsKnownOnlyAtItsLength() {
        map.clear(2 * 4096 + 100, 4096);
        ChunkRef exact = stored(2 * 4096 + 100);
        map.overlay(0, 3, map.addChunk(exact), 0);
        expected.lay(map);
        requireKnown(2, exact, 2);
        assertThat(expected.state(3)).isEqualTo(LeafExpectation.State.UNKNOWN);

        map.resize(4096 + 50);
        expected.lay(map);
        requireKnown(0, exact, 0);
        assertThat(expected.state(1)).isEqualTo(LeafExpectation.State.UNKNOWN);
    }

    @Test
    void chunksOffTheGridAreUnknown() {
        map.clear(100 * 4096, 1);
        ChunkRef on = stored(10_000);
        ChunkRef off = stored(10_000);
        map.overlay(2 * 4096, 10_000, map.addChunk(on), 0);
        map.overlay(20 * 4096 + 1, 10_000, map.addChunk(off), 0);
        map.overlay(40 * 4096 + 96, 8_100, map.addChunk(off), 96);
        expected.lay(map);

        requireKnown(2, on, 0);
        requireKnown(3, on, 1);
        assertThat(expected.state(4)).isEqualTo(LeafExpectation.State.UNKNOWN);
        assertThat(expected.isHole(5)).isTrue();
        assertThat(expected.state(21)).isEqualTo(LeafExpectation.State.UNKNOWN);
        assertThat(expected.state(40)).isEqualTo(LeafExpectation.State.UNKNOWN);
        requireKnown(41, off, 1);
    }

    private ChunkRef stored(int length) {
        ChunkRef ref = chunks.next(length);
        packs.computeIfAbsent(ref.record().pack(), pack -> new ArrayList<>()).add(ref);
        return ref;
    }

    private void requireKnown(int leaf, ChunkRef chunk, int chunkLeaf) {
        assertThat(expected.state(leaf)).as("leaf %d", leaf).isEqualTo(LeafExpectation.State.KNOWN);
        MemorySegment digest = MemorySegment.ofArray(FakeLeafLists.digest(chunk, chunkLeaf));
        assertThat(expected.word0(leaf)).isEqualTo(digest.get(ValueLayout.JAVA_LONG_UNALIGNED, 0));
        assertThat(expected.word1(leaf)).isEqualTo(digest.get(ValueLayout.JAVA_LONG_UNALIGNED, 8));
    }
}
