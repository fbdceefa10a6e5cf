package io.godwit.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.digest.DigestKey;
import io.godwit.digest.KeyedHasher;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.LeafList;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class TreeDiffTest {
    private static final long REGION = Regions.REGION_BYTES;

    private final KeyedHasher hasher = new KeyedHasher(DigestKey.of(new byte[32]));
    private final TestChunks chunks = new TestChunks(new Random(2));
    private final FakeRecords records = new FakeRecords(3);
    private final RegionMap map = new RegionMap();
    private final Map<Integer, byte[]> leafLists = new HashMap<>();

    @Test
    void equalContentInOtherPlacesIsNoDifference() {
        ChunkRef ref = chunks.next(8 * 4096);
        map.overlay(5, 8, map.addChunk(ref), 0);
        VolumeTree base = tree(10 * REGION, 3);
        map.clear(Regions.REGION_BYTES, 4096);
        map.overlay(5, 8, map.addChunk(TestChunks.at(ref, 77, 64)), 0);
        VolumeTree moved = tree(10 * REGION, 3);

        records.resetCounts();
        assertThat(diff(base, moved)).isEmpty();
        assertThat(records.reads).isZero();
        assertThat(base.top()).isNotEqualTo(moved.top());
    }

    @Test
    void namesTheLeavesThatChangedAndMergesThem() {
        chunks.fill(map);
        VolumeTree base = tree(10 * REGION, 3);
        map.overlay(100, 4, map.addChunk(chunks.next(4 * 4096)), 0);
        map.overlay(104, 1, map.addChunk(chunks.next(4096)), 0);
        map.overlayHole(16_000, 384);

        assertThat(diff(base, tree(10 * REGION, 3)))
                .containsExactly(extent(3, 100, 5), extent(3, 16_000, 384));
    }

    @Test
    void theTailOfAGrownVolumeCountsAsChanged() {
        VolumeTree base = VolumeTree.hole(10_000);
        assertThat(diff(base, VolumeTree.hole(1L << 40)))
                .containsExactly("8192+" + ((1L << 40) - 8192));
        assertThat(diff(VolumeTree.hole(1L << 40), base)).isEmpty();
        assertThat(diff(base, VolumeTree.hole(10_001))).containsExactly("8192+1809");
    }

    @Test
    void treesOfDifferentHeightAreCompared() {
        map.overlay(0, 4, map.addChunk(chunks.next(4 * 4096)), 0);
        VolumeTree low = tree(100 * REGION, 2);
        VolumeTree high = new TreeWriter(low, 20_000 * REGION, records, records, hasher).finish();

        assertThat(diff(low, high)).containsExactly(100 * REGION + "+" + (20_000 - 100) * REGION);
        assertThat(diff(high, low)).isEmpty();
        map.overlay(2, 1, map.addChunk(chunks.next(4096)), 0);
        assertThat(diff(high, tree(100 * REGION, 2))).containsExactly(extent(2, 2, 1));
    }

    @Test
    void whatWasOnlyCutAnewIsNoDifferenceWhereLeafListsTell() {
        ChunkRef small = chunks.next(8 * 4096);
        map.overlay(5, 8, map.addChunk(small), 0);
        VolumeTree base = tree(10 * REGION, 3);
        ChunkRef large = TestChunks.at(chunks.next(16 * 4096), 5, 64);
        map.overlay(3, 16, map.addChunk(large), 0);
        VolumeTree target = tree(10 * REGION, 3);
        list(small, 0, 10, 11, 12, 13, 14, 15, 16, 17);
        list(large, 5, 1, 2, 10, 11, 99, 13, 14, 15, 16, 17, 3, 4, 5, 6, 7, 8);

        assertThat(diff(base, target)).containsExactly(extent(3, 3, 16));
        List<String> refined = new ArrayList<>();
        new TreeDiff(
                        records,
                        pack -> {
                            byte[] list = leafLists.get(pack.counter());
                            return list == null
                                    ? null
                                    : LeafList.of(MemorySegment.ofArray(list), "test");
                        })
                .diff(base, target, (offset, length) -> refined.add(offset + "+" + length));
        assertThat(refined).containsExactly(extent(3, 3, 2), extent(3, 7, 1), extent(3, 13, 6));
    }

    private void list(ChunkRef chunk, int pack, int... digests) {
        ByteBuffer bytes = ByteBuffer.allocate(24 + 16 * digests.length);
        bytes.order(ByteOrder.LITTLE_ENDIAN).putInt(1).putInt(digests.length);
        bytes.putInt(chunk.record().ordinal()).putInt(0).putInt(digests.length).putInt(0);
        for (int digest : digests) {
            bytes.putLong(digest).putLong(digest);
        }
        leafLists.put(pack, bytes.array());
    }

    private VolumeTree tree(long bytes, long region) {
        MemorySegment page = new PageWriter().encode(map, null);
        PageRef ref =
                new PageRef(records.put(page, (int) page.byteSize()), map.contentDigest(hasher));
        return TreeWriter.build(
                VolumeTree.hole(0),
                new TreeMap<>(Map.of(region, Optional.of(ref))),
                bytes,
                records,
                records,
                hasher);
    }

    private List<String> diff(VolumeTree base, VolumeTree target) {
        List<String> extents = new ArrayList<>();
        new TreeDiff(records)
                .diff(base, target, (offset, length) -> extents.add(offset + "+" + length));
        return extents;
    }

    private static String extent(long region, long leaf, long leaves) {
        return (region * REGION + leaf * 4096) + "+" + leaves * 4096;
    }
}
