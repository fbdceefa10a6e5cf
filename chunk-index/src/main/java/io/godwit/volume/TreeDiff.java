package io.godwit.volume;

import org.jspecify.annotations.Nullable;

/// Finds the extents in which two volumes differ, without reading data.
///
/// Subtrees and pages with equal content digests are skipped, so that the work follows the
/// difference. Extents are rounded outward to leaves, merged, and end where the target ends. What
/// the target has behind the base's end counts as changed, zeros included; an absent page equals a
/// page of holes.
///
/// Data is compared by chunk, and where chunks differ by the leaf lists of their packs, as far as
/// these are to be had: a range that was only cut into other chunks is then not reported. So the
/// answer never misses a change, and without leaf lists may name more than changed. Belongs to one
/// thread.
public final class TreeDiff {
    private final TreeReader reader;
    private final PageLoader loader;
    private final RegionMap baseMap = new RegionMap();
    private final RegionMap targetMap = new RegionMap();
    private final LeafExpectation baseLeaves;
    private final LeafExpectation targetLeaves;

    private VolumeTree base = VolumeTree.hole(0);
    private VolumeTree target = VolumeTree.hole(0);
    private ExtentVisitor visitor = (offset, length) -> {};
    private long start;
    private long end;

    /// Compares by chunk only.
    ///
    /// @param source of both volumes' nodes and pages
    public TreeDiff(RecordSource source) {
        this(source, pack -> null);
    }

    /// Compares by chunk, then by leaf.
    ///
    /// @param source of both volumes' nodes and pages
    /// @param lists of both volumes' packs
    public TreeDiff(RecordSource source, LeafListSource lists) {
        reader = new TreeReader(source);
        loader = new PageLoader(source);
        baseLeaves = new LeafExpectation(lists);
        targetLeaves = new LeafExpectation(lists);
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
        boolean found = walk.next();
        if (found) {
            baseLeaves.lay(baseMap);
            targetLeaves.lay(targetMap);
        }
        for (; found; found = walk.next()) {
            leaves(offset, walk.start(), walk.end());
        }
    }

    /// Reports the leaves of a span of other chunks that are not known to be equal.
    private void leaves(long offset, int spanStart, int spanEnd) {
        int end = Math.ceilDiv(spanEnd, Regions.LEAF_BYTES);
        for (int leaf = spanStart / Regions.LEAF_BYTES; leaf < end; leaf++) {
            if (!sameLeaf(leaf)) {
                int leafStart = Math.max(spanStart, leaf * Regions.LEAF_BYTES);
                int leafEnd = Math.min(spanEnd, (leaf + 1) * Regions.LEAF_BYTES);
                report(offset + leafStart, offset + leafEnd);
            }
        }
    }

    private boolean sameLeaf(int leaf) {
        return baseLeaves.isKnown(leaf)
                && targetLeaves.isKnown(leaf)
                && baseLeaves.word0(leaf) == targetLeaves.word0(leaf)
                && baseLeaves.word1(leaf) == targetLeaves.word1(leaf);
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
