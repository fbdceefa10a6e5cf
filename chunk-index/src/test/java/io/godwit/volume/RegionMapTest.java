package io.godwit.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.pack.ChunkRef;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RegionMapTest {
    private final TestChunks chunks = new TestChunks(new Random(1));
    private final RegionMap map = new RegionMap();

    @Test
    void startsAsOneHole() {
        assertThat(map.isHole()).isTrue();
        assertThat(map.units()).isEqualTo(16384);
        assertThat(describe()).isEqualTo("0+16384 hole");
        map.validate();
    }

    @Test
    void splitsAnExtentAroundAChange() {
        int old = map.addChunk(chunks.next(16 * 4096));
        map.overlay(100, 16, old, 0);
        int changed = map.addChunk(chunks.next(4096));
        map.overlay(104, 1, changed, 0);

        assertThat(describe())
                .isEqualTo("0+100 hole, 100+4 #0:0, 104+1 #1:0, 105+11 #0:5, 116+16268 hole");
        assertThat(map.find(104)).isEqualTo(2);
        assertThat(map.find(115)).isEqualTo(3);
    }

    @Test
    void mergesWhatContinuesTheSameChunk() {
        int slot = map.addChunk(chunks.next(16 * 4096));
        map.overlay(0, 4, slot, 0);
        map.overlay(4, 12, slot, 4);
        map.overlayHole(20, 5);

        assertThat(describe()).isEqualTo("0+16 #0:0, 16+16368 hole");
    }

    @Test
    void theLaterOfTwoChangesCovers() {
        int a = map.addChunk(chunks.next(64 * 4096));
        int b = map.addChunk(chunks.next(64 * 4096));
        map.overlay(10, 20, a, 0);
        map.overlay(0, 64, b, 0);
        map.overlay(20, 4, a, 7);
        map.overlay(21, 1, b, 1);

        assertThat(describe())
                .isEqualTo(
                        "0+20 #1:0, 20+1 #0:7, 21+1 #1:1, 22+2 #0:9, 24+40 #1:24, 64+16320 hole");
    }

    @Test
    void knowsAChunkByItsPlace() {
        ChunkRef ref = chunks.next(8192);
        ChunkRef moved = TestChunks.at(ref, 900, 4096);
        int slot = map.addChunk(ref);

        assertThat(map.addChunk(ref)).isEqualTo(slot);
        assertThat(map.addChunk(moved)).isNotEqualTo(slot);
        assertThat(map.chunks().ref(slot)).isEqualTo(ref);
        assertThat(map.chunks().sameId(slot, map.addChunk(moved))).isTrue();
    }

    @Test
    void aChunkNamedInTwoPlacesIsOneExtentWhenCanonical() {
        ChunkRef ref = chunks.next(8192);
        map.overlay(0, 1, map.addChunk(ref), 0);
        map.overlay(1, 1, map.addChunk(TestChunks.at(ref, 900, 4096)), 1);
        assertThat(map.extentCount()).isEqualTo(3);

        map.canonical();

        assertThat(describe()).isEqualTo("0+2 #0:0, 2+16382 hole");
    }

    @Test
    void comparesContentApartFromPlaces() {
        ChunkRef ref = chunks.next(8192);
        map.overlay(3, 2, map.addChunk(ref), 0);
        RegionMap other = new RegionMap();
        other.overlay(3, 2, other.addChunk(TestChunks.at(ref, 900, 4096)), 0);

        assertThat(map.sameContent(other)).isTrue();
        assertThat(map.sameReferences(other)).isFalse();
        other.overlayHole(4, 1);
        assertThat(map.sameContent(other)).isFalse();
    }

    @Test
    void aShortLastUnitNeedsOnlyItsBytes() {
        map.clear(3 * 4096 + 100, 4096);
        int slot = map.addChunk(chunks.next(4096 + 100));
        map.overlay(2, 2, slot, 0);
        assertThat(map.lengthBytes(map.extentCount() - 1)).isEqualTo(4096 + 100);
        assertThatThrownBy(() -> map.overlay(1, 2, slot, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("extent exceeds its chunk");
    }

    @Test
    void whatGrewIsToBeReadFromTheShortLeafOn() {
        map.clear(3 * 4096 + 100, 4096);
        map.overlay(0, 4, map.addChunk(chunks.next(3 * 4096 + 100)), 0);

        assertThat(map.resize(10 * 4096)).isEqualTo(3);
        assertThat(describe()).isEqualTo("0+3 #0:0, 3+7 hole");
        assertThat(map.resize(4096 + 5)).isEqualTo(2);
        assertThat(describe()).isEqualTo("0+2 #0:0");
        map.validate();
    }

    @Test
    void countsBytesWhenTheGrainIsOne() {
        map.clear(1000, 1);
        map.overlay(10, 90, map.addChunk(chunks.next(100)), 7);
        assertThat(map.startBytes(1)).isEqualTo(10);
        assertThat(describe()).isEqualTo("0+10 hole, 10+90 #0:7, 100+900 hole");
    }

    @Test
    void refusesWhatIsOutOfRange() {
        int slot = map.addChunk(chunks.next(8192));
        assertThatThrownBy(() -> map.overlay(16383, 2, slot, 0)).hasMessageContaining("range");
        assertThatThrownBy(() -> map.overlay(-1, 2, slot, 0)).hasMessageContaining("range");
        assertThatThrownBy(() -> map.overlay(0, 2, slot + 1, 0)).hasMessageContaining("no chunk");
        assertThatThrownBy(() -> map.overlay(0, 1, slot, 2)).hasMessageContaining("exceeds");
        assertThatThrownBy(() -> map.clear(0, 4096)).hasMessageContaining("length");
        assertThatThrownBy(() -> map.clear(4096, 512)).hasMessageContaining("grain");
    }

    private String describe() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < map.extentCount(); i++) {
            text.append(i == 0 ? "" : ", ").append(map.start(i)).append('+').append(map.length(i));
            text.append(
                    map.slot(i) == RegionMap.HOLE
                            ? " hole"
                            : " #" + map.slot(i) + ":" + map.skip(i));
        }
        return text.toString();
    }
}
