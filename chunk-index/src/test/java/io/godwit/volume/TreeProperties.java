package io.godwit.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.digest.DigestKey;
import io.godwit.digest.KeyedHasher;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Histories of a volume that changes, grows and shrinks: the tree against a plain map of its
/// regions, and the differences of any two points against a comparison of leaf by leaf.
final class TreeProperties {
    private static final long REGION = Regions.REGION_BYTES;
    private static final int POINTS = 12;

    private final KeyedHasher hasher = new KeyedHasher(DigestKey.of(new byte[32]));
    private final FakeRecords records = new FakeRecords(1);
    private final PageWriter writer = new PageWriter();
    private final PageLoader loader = new PageLoader(records);
    private final RegionMap map = new RegionMap();

    /// A volume at one point, region by region.
    private record Point(VolumeTree tree, NavigableMap<Long, PageRef> pages) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void isWhatAPlainMapWouldBe(long seed) {
        Random random = new Random(seed);
        TestChunks chunks = new TestChunks(random);
        List<Point> points = new ArrayList<>();
        points.add(new Point(VolumeTree.hole(0), new TreeMap<>()));
        for (int i = 0; i < POINTS; i++) {
            points.add(next(points.getLast(), random, chunks));
            requireSame(points.getLast());
        }
        for (int i = 0; i < 10; i++) {
            requireDiff(
                    points.get(random.nextInt(points.size())),
                    points.get(random.nextInt(points.size())));
        }
    }

    private Point next(Point before, Random random, TestChunks chunks) {
        long bytes = size(before.tree.volumeBytes(), random);
        long regions = Regions.count(bytes);
        NavigableMap<Long, Optional<PageRef>> changed = new TreeMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            long region = random.nextLong(regions);
            changed.put(region, page(before, region, bytes, random, chunks));
        }
        long last = Math.min(regions, Regions.count(before.tree.volumeBytes())) - 1;
        if (last >= 0 && !changed.containsKey(last) && before.pages.containsKey(last)) {
            changed.put(last, page(before, last, bytes, random, chunks));
        }
        NavigableMap<Long, PageRef> pages = new TreeMap<>(before.pages.headMap(regions, false));
        changed.forEach(
                (region, page) ->
                        page.ifPresentOrElse(
                                ref -> pages.put(region, ref), () -> pages.remove(region)));
        VolumeTree tree = TreeWriter.build(before.tree, changed, bytes, records, records, hasher);
        return new Point(tree, pages);
    }

    private static long size(long before, Random random) {
        long partial = random.nextInt(3) == 0 ? 0 : random.nextInt(40 * 4096);
        return switch (random.nextInt(4)) {
            case 0 -> 1 + partial + REGION * random.nextInt(300);
            case 1 -> 1 + partial + REGION * random.nextInt(40_000);
            case 2 -> 1 + partial;
            default -> before == 0 ? 77 * REGION : before;
        };
    }

    private Optional<PageRef> page(
            Point before, long region, long bytes, Random random, TestChunks chunks) {
        int length = Regions.length(bytes, region);
        PageRef old = before.pages.get(region);
        if (old == null) {
            map.clear(length, 4096);
        } else {
            loader.load(old.chunk(), map);
            int unknown = map.resize(length);
            if (unknown < map.units()) {
                map.overlayHole(unknown, map.units() - unknown);
            }
        }
        chunks.change(map, random.nextInt(4), 30);
        if (map.isHole()) {
            return Optional.empty();
        }
        MemorySegment page = writer.encode(map, null);
        return Optional.of(
                new PageRef(records.put(page, (int) page.byteSize()), map.contentDigest(hasher)));
    }

    private void requireSame(Point point) {
        NavigableMap<Long, PageRef> walked = new TreeMap<>();
        TreeReader reader = new TreeReader(records, hasher);
        reader.walk(point.tree, walked::put);
        assertThat(walked).isEqualTo(point.pages);
        for (long region : point.pages.keySet()) {
            assertThat(reader.page(point.tree, region)).isEqualTo(point.pages.get(region));
        }
        assertThat(reader.page(point.tree, Regions.count(point.tree.volumeBytes()) - 1))
                .isEqualTo(point.pages.get(Regions.count(point.tree.volumeBytes()) - 1));
    }

    private void requireDiff(Point base, Point target) {
        List<Long> changed = new ArrayList<>();
        long[] lastEnd = {-1};
        new TreeDiff(records)
                .diff(
                        base.tree,
                        target.tree,
                        (offset, length) -> {
                            assertThat(offset).isGreaterThan(lastEnd[0]);
                            assertThat(offset % 4096).isZero();
                            lastEnd[0] = offset + length;
                            long common = Math.min(offset + length, base.tree.volumeBytes());
                            for (long at = offset; at < common; at += 4096) {
                                changed.add(at);
                            }
                        });
        assertThat(lastEnd[0]).isLessThanOrEqualTo(target.tree.volumeBytes());
        if (target.tree.volumeBytes() > base.tree.volumeBytes()) {
            assertThat(lastEnd[0]).isEqualTo(target.tree.volumeBytes());
        }
        assertThat(changed).isEqualTo(plainDiff(base, target));
    }

    /// The leaves before both ends in which two points differ, one by one.
    private List<Long> plainDiff(Point base, Point target) {
        List<Long> changed = new ArrayList<>();
        long common = Math.min(base.tree.volumeBytes(), target.tree.volumeBytes());
        NavigableMap<Long, PageRef> regions = new TreeMap<>(base.pages);
        regions.putAll(target.pages);
        for (long region : regions.keySet()) {
            Map<Long, String> one = leaves(base, region);
            Map<Long, String> other = leaves(target, region);
            for (int leaf = 0; leaf < Regions.REGION_LEAVES; leaf++) {
                long at = region * REGION + leaf * 4096L;
                boolean tail =
                        at + 4096 > common && target.tree.volumeBytes() > base.tree.volumeBytes();
                boolean differs =
                        !one.getOrDefault(at, "hole").equals(other.getOrDefault(at, "hole"));
                if (at < common && (differs || tail)) {
                    changed.add(at);
                }
            }
        }
        long lastLeaf = common - common % 4096;
        if (target.tree.volumeBytes() > common
                && lastLeaf < common
                && !regions.containsKey(lastLeaf / REGION)) {
            changed.add(lastLeaf);
        }
        changed.sort(null);
        return changed;
    }

    private Map<Long, String> leaves(Point point, long region) {
        Map<Long, String> leaves = new HashMap<>();
        PageRef page = point.pages.get(region);
        if (page == null) {
            return leaves;
        }
        loader.load(page.chunk(), map);
        for (int extent = 0; extent < map.extentCount(); extent++) {
            for (int i = 0; i < map.length(extent) && map.slot(extent) >= 0; i++) {
                leaves.put(
                        region * REGION + (map.start(extent) + i) * 4096L,
                        map.chunks().id(map.slot(extent)) + ":" + (map.skip(extent) + i));
            }
        }
        return leaves;
    }
}
