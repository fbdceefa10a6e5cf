package io.godwit.volume;

import org.jspecify.annotations.Nullable;

/// Finds the extents in which two volumes differ, without reading data.
///
/// Subtrees and pages with equal content digests are skipped, so that the work follows the difference. Extents
/// are rounded outward to leaves, merged, and end where the target ends. What the target has behind the base's
/// end counts as changed, zeros included; an absent page equals a page of holes.
///
/// Data is compared by chunk: where a range was cut into other chunks although its bytes are the same, it is
/// reported. So the answer never misses a change and may name more than changed. Belongs to one thread.
public final class TreeDiff {
    private final TreeReader reader;
    private final PageLoader loader;
    private final RegionMap baseMap = new RegionMap();
    private final RegionMap targetMap = new RegionMap();

    private VolumeTree base = VolumeTree.hole(0);
    private VolumeTree target = VolumeTree.hole(0);
    private ExtentVisitor visitor = (offset, length) -> {};
    private long start;
    private long end;

    /// @param source of both volumes' nodes and pages
    public TreeDiff(RecordSource source) {
        reader = new TreeReader(source);
        loader = new PageLoader(source);
    }

    /// Shows what differs in `target` from `base`.
    public void diff(VolumeTree from, VolumeTree to, ExtentVisitor out) {
        base = from;
        target = to;
        visitor = out;
        start = 0;
        end = -1;
        nodes(from.top().orElse(null), from.height(), to.top().orElse(null), to.height(), 0);
        if (to.volumeBytes() > from.volumeBytes()) {
            report(from.volumeBytes(), to.volumeBytes());
        }
        flush();
    }

    /// Compares what lies below two nodes that start at the same region, at the same level or not.
    private void nodes(
            @Nullable NodeRef one,
            int oneLevel,
            @Nullable NodeRef other,
            int otherLevel,
            long first) {
        boolean beyond = first >= Math.min(base.regions(), target.regions());
        boolean same =
                one == null || other == null
                        ? one == null && other == null
                        : oneLevel == otherLevel && one.content().equals(other.content());
        if (beyond || same) {
            return;
        }
        int level = Math.max(oneLevel, otherLevel);
        TreeNode oneNode = read(one, oneLevel, level);
        TreeNode otherNode = read(other, otherLevel, level);
        for (int child = 0; child < Regions.FAN_OUT; child++) {
            long region = first + child * Regions.span(level);
            if (level == 1) {
                pages(region, oneNode.page(child), otherNode.page(child));
                continue;
            }
            boolean oneBelow = oneLevel < level && child == 0;
            boolean otherBelow = otherLevel < level && child == 0;
            nodes(
                    oneBelow ? one : oneNode.node(child),
                    oneBelow ? oneLevel : level - 1,
                    otherBelow ? other : otherNode.node(child),
                    otherBelow ? otherLevel : level - 1,
                    region);
        }
    }

    private TreeNode read(@Nullable NodeRef ref, int refLevel, int level) {
        return ref == null || refLevel < level ? new TreeNode(level) : reader.read(ref, level);
    }

    private void pages(long region, @Nullable PageRef one, @Nullable PageRef other) {
        boolean beyond = region >= Math.min(base.regions(), target.regions());
        boolean same =
                one == null || other == null
                        ? one == null && other == null
                        : one.content().equals(other.content());
        if (beyond || same) {
            return;
        }
        load(base, region, one, baseMap);
        load(target, region, other, targetMap);
        MapComparison walk = new MapComparison(baseMap, targetMap, false);
        long offset = region * Regions.REGION_BYTES;
        while (walk.next()) {
            report(offset + walk.start(), offset + walk.end());
        }
    }

    private void load(VolumeTree tree, long region, @Nullable PageRef page, RegionMap map) {
        int length = Regions.length(tree.volumeBytes(), region);
        if (page == null) {
            map.clear(length, Regions.LEAF_BYTES);
            return;
        }
        loader.load(page, length, map);
    }

    /// Rounds to leaves and merges with what was reported before it.
    private void report(long from, long to) {
        long alignedStart = from - from % Regions.LEAF_BYTES;
        long rest = to % Regions.LEAF_BYTES;
        long alignedEnd = rest == 0 ? to : to + Regions.LEAF_BYTES - rest;
        if (end >= alignedStart) {
            end = Math.max(end, alignedEnd);
            return;
        }
        flush();
        start = alignedStart;
        end = alignedEnd;
    }

    private void flush() {
        long cut = Math.min(end, target.volumeBytes());
        if (cut > start) {
            visitor.extent(start, cut - start);
        }
    }
}
