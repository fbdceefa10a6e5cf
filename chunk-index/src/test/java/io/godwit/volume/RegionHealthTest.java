package io.godwit.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class RegionHealthTest {
    private static final long MUCH = 64L << 20;

    private final TestChunks chunks = new TestChunks(new Random(1));
    private final RegionMap map = new RegionMap();

    @Test
    void aFreshMapIsHealthy() {
        chunks.fill(map);
        RegionHealth health = RegionHealth.of(map, MUCH);

        assertThat(health.spans()).isZero();
        assertThat(health.isFragmented()).isFalse();
        assertThat(health.freshExtents()).isEqualTo(1093);
        assertThat(health.liveUnits(0)).isEqualTo(health.totalUnits(0));
    }

    @Test
    void aChunkThatLostOverHalfIsWorn() {
        int old = map.addChunk(chunks.next(20 * 4096));
        map.overlay(1000, 20, old, 0);
        map.overlay(1005, 10, map.addChunk(chunks.next(10 * 4096)), 0);
        assertThat(RegionHealth.of(map, MUCH).isWorn(old)).isFalse();

        map.overlay(1003, 2, map.addChunk(chunks.next(2 * 4096)), 0);
        RegionHealth health = RegionHealth.of(map, MUCH);

        assertThat(health.liveUnits(old)).isEqualTo(8);
        assertThat(health.isWorn(old)).isTrue();
        assertThat(describe(health)).isEqualTo("1000+5 1015+5");
    }

    @Test
    void shortNeighboursAreCutWithAWornChunk() {
        int old = map.addChunk(chunks.next(30 * 4096));
        map.overlay(1000, 30, old, 0);
        for (int start = 1002; start < 1030; start += 6) {
            map.overlay(start, 4, map.addChunk(chunks.next(4 * 4096)), 0);
        }
        assertThat(describe(RegionHealth.of(map, MUCH))).isEqualTo("1000+30");
    }

    @Test
    void aChunkNamedTwiceCountsEachUnitOnce() {
        int old = map.addChunk(chunks.next(20 * 4096));
        map.overlay(0, 9, old, 0);
        map.overlay(100, 9, old, 0);
        assertThat(RegionHealth.of(map, MUCH).isWorn(old)).isTrue();

        map.overlay(200, 11, old, 9);
        assertThat(RegionHealth.of(map, MUCH).isWorn(old)).isFalse();
    }

    @Test
    void aFragmentedMapIsCutAfreshWhereThatHelps() {
        chunks.fill(map);
        for (int start = 4000; start < 8000; start += 1) {
            map.overlay(start, 1, map.addChunk(chunks.next(4096)), 0);
        }
        RegionHealth health = RegionHealth.of(map, MUCH);

        assertThat(health.isFragmented()).isTrue();
        long covered = 0;
        for (int span = 0; span < health.spans(); span++) {
            covered += health.lengthBytes(span);
        }
        assertThat(covered).isBetween(4000L * 4096, 4100L * 4096);
    }

    @Test
    void theWorstComesFirstWithinTheBudget() {
        int little = map.addChunk(chunks.next(60 * 4096));
        int most = map.addChunk(chunks.next(60 * 4096));
        map.overlay(100, 25, little, 0);
        map.overlay(300, 2, most, 0);

        RegionHealth both = RegionHealth.of(map, MUCH);
        assertThat(describe(both)).isEqualTo("100+25 300+2");
        assertThat(both.score(1)).isGreaterThan(both.score(0));
        assertThat(describe(RegionHealth.of(map, 3 * 4096))).isEqualTo("300+2");
        assertThat(describe(RegionHealth.of(map, 12 * 4096 + 1))).isEqualTo("100+10 300+2");
        assertThat(describe(RegionHealth.of(map, 0))).isEmpty();
    }

    @Test
    void spansEndWithTheRegion() {
        map.clear(100 * 4096 + 10, 4096);
        map.overlay(99, 2, map.addChunk(chunks.next(50 * 4096)), 3);
        RegionHealth health = RegionHealth.of(map, MUCH);

        assertThat(health.startBytes(0)).isEqualTo(99 * 4096);
        assertThat(health.lengthBytes(0)).isEqualTo(4096 + 10);
    }

    private static String describe(RegionHealth health) {
        StringBuilder text = new StringBuilder();
        for (int span = 0; span < health.spans(); span++) {
            text.append(span == 0 ? "" : " ").append(health.startBytes(span) / 4096);
            text.append('+').append(health.lengthBytes(span) / 4096);
        }
        return text.toString();
    }
}
