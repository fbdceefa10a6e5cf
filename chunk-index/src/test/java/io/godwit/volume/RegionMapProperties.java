package io.godwit.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The map against the plainest model there is: one cell per unit.
final class RegionMapProperties {
    private static final int UNITS = 500;

    private final RegionMap map = new RegionMap();
    private final int[] slotOf = new int[UNITS];
    private final int[] placeOf = new int[UNITS];

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void isWhatOneCellPerUnitWouldBe(long seed) {
        Random random = new Random(seed);
        TestChunks chunks = new TestChunks(random);
        map.clear(UNITS * 4096, 4096);
        Arrays.fill(slotOf, RegionMap.HOLE);
        for (int round = 0; round < 40; round++) {
            for (int change = random.nextInt(60); change >= 0; change--) {
                change(random, chunks);
            }
            requireEqual();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25})
    void changesInOneListAreChangesOneByOne(long seed) {
        Random random = new Random(seed);
        TestChunks chunks = new TestChunks(random);
        chunks.fill(map);
        RegionMap single = new RegionMap();
        single.copyFrom(map);
        RegionChanges list = new RegionChanges();
        for (int change = 0; change < 300; change++) {
            int length = 1 + random.nextInt(9);
            int start = random.nextInt(map.units() - length);
            int slot = random.nextInt(5) == 0 ? -1 : map.addChunk(chunks.next(length * 4096));
            if (slot >= 0) {
                single.addChunk(map.chunks().ref(slot));
            }
            list.add(start, length, slot, 0);
            single.overlay(start, length, slot, 0);
            assertThat(single.extentCount()).isPositive();
        }
        map.applyChanges(list);
        map.validate();
        assertThat(map.sameReferences(single)).isTrue();
        assertThat(map.extentCount()).isEqualTo(single.extentCount());
    }

    private void change(Random random, TestChunks chunks) {
        int start = random.nextInt(UNITS);
        int length = Math.min(1 + random.nextInt(1 + random.nextInt(80)), UNITS - start);
        boolean hole = random.nextInt(4) == 0;
        boolean known = random.nextInt(3) == 0 && map.chunks().count() > 0;
        int skip = hole ? 0 : random.nextInt(20);
        int slot =
                hole
                        ? RegionMap.HOLE
                        : known
                                ? random.nextInt(map.chunks().count())
                                : map.addChunk(chunks.next((skip + length) * 4096));
        if (slot >= 0 && map.chunks().length(slot) < (skip + length) * 4096) {
            return;
        }
        map.overlay(start, length, slot, skip);
        for (int i = 0; i < length; i++) {
            slotOf[start + i] = slot;
            placeOf[start + i] = hole ? 0 : skip + i;
        }
    }

    private void requireEqual() {
        map.validate();
        int extents = 1;
        for (int unit = 0; unit < UNITS; unit++) {
            int extent = map.find(unit);
            assertThat(map.slot(extent)).isEqualTo(slotOf[unit]);
            int place = map.skip(extent) + unit - map.start(extent);
            assertThat(slotOf[unit] == RegionMap.HOLE ? 0 : place).isEqualTo(placeOf[unit]);
            extents += unit == 0 || continues(unit) ? 0 : 1;
        }
        assertThat(map.extentCount()).isEqualTo(extents);
    }

    private boolean continues(int unit) {
        return slotOf[unit] == slotOf[unit - 1]
                && (slotOf[unit] == RegionMap.HOLE || placeOf[unit] == placeOf[unit - 1] + 1);
    }
}
