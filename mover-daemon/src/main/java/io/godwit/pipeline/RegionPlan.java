package io.godwit.pipeline;

import static io.godwit.digest.LeafHasher.LEAF_BYTES;

import java.util.Arrays;

/// What to read of one region, and what the rest of it is. Reused by its worker for region after
/// region.
final class RegionPlan {
    static final long REGION_BYTES = 64L << 20;
    static final RegionPlan NOTHING = new RegionPlan();

    private long region;
    private long volumeBytes;
    private boolean restIsHole;
    private int[] leaf = new int[64];
    private int[] leaves = new int[64];
    private int spans;

    /// @param newRestIsHole whether leaves outside the spans read as zeros (else they are as in the
    ///     parent)
    void begin(long newRegion, long newVolumeBytes, boolean newRestIsHole) {
        region = newRegion;
        volumeBytes = newVolumeBytes;
        restIsHole = newRestIsHole;
        spans = 0;
    }

    /// Adds bytes of the volume, behind all that was added before; they are cut to this region and
    /// rounded outward to leaves.
    void add(long from, long to) {
        long start = Math.max(from, regionOffset());
        long end = Math.min(to, regionEnd());
        if (start >= end) {
            return;
        }
        int first = (int) ((start - regionOffset()) / LEAF_BYTES);
        int behind = (int) ((end - regionOffset() + LEAF_BYTES - 1) / LEAF_BYTES);
        if (spans > 0 && first <= leaf[spans - 1] + leaves[spans - 1]) {
            leaves[spans - 1] = Math.max(leaves[spans - 1], behind - leaf[spans - 1]);
            return;
        }
        if (spans == leaf.length) {
            leaf = Arrays.copyOf(leaf, 2 * spans);
            leaves = Arrays.copyOf(leaves, 2 * spans);
        }
        leaf[spans] = first;
        leaves[spans++] = behind - first;
    }

    long region() {
        return region;
    }

    boolean restIsHole() {
        return restIsHole;
    }

    long volumeBytes() {
        return volumeBytes;
    }

    long regionOffset() {
        return region * REGION_BYTES;
    }

    long regionEnd() {
        return Math.min(regionOffset() + REGION_BYTES, volumeBytes);
    }

    /// The region's length in bytes.
    int regionBytes() {
        return (int) (regionEnd() - regionOffset());
    }

    /// Leaves of the region, the last one of a volume may be short.
    int regionLeaves() {
        return (int) ((regionEnd() - regionOffset() + LEAF_BYTES - 1) / LEAF_BYTES);
    }

    /// Bytes of the region's last leaf, 1 to 4096.
    int lastLeafBytes() {
        return (int) ((regionEnd() - 1) % LEAF_BYTES) + 1;
    }

    int spans() {
        return spans;
    }

    int spanLeaf(int span) {
        return leaf[span];
    }

    int spanLeaves(int span) {
        return leaves[span];
    }

    long plannedLeaves() {
        long sum = 0;
        for (int i = 0; i < spans; i++) {
            sum += leaves[i];
        }
        return sum;
    }
}
