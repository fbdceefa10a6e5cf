package io.godwit.volume;

import io.godwit.digest.LeafHasher;

/// The fixed grid that lies over every volume: leaves of 4 KiB, regions of 64 MiB, a tree of
/// fan-out 128.
///
/// Region `r` covers the bytes from `r * 64 MiB` on; the last one ends where the volume ends.
public final class Regions {
    public static final int LEAF_BYTES = LeafHasher.LEAF_BYTES;
    public static final int REGION_BYTES = 64 << 20;
    public static final int REGION_LEAVES = REGION_BYTES / LEAF_BYTES;

    /// Children of a tree node. A node of 128 children is 10 KiB, so that a path through a volume
    /// of any size is three nodes at most up to 128 TiB.
    public static final int FAN_OUT = 128;

    private static final int FAN_OUT_BITS = 7;

    private Regions() {}

    /// How many regions a volume of so many bytes has.
    public static long count(long volumeBytes) {
        if (volumeBytes < 0) {
            throw new IllegalArgumentException("negative volume size: " + volumeBytes);
        }
        return volumeBytes / REGION_BYTES + (volumeBytes % REGION_BYTES == 0 ? 0 : 1);
    }

    /// The bytes of one region of a volume: 64 MiB, or what is left for the last one.
    public static int length(long volumeBytes, long region) {
        if (region < 0 || region >= count(volumeBytes)) {
            throw new IllegalArgumentException(
                    "no such region: region=" + region + " volume=" + volumeBytes);
        }
        return (int) Math.min(REGION_BYTES, volumeBytes - region * REGION_BYTES);
    }

    /// Levels of nodes above the pages of so many regions: at least 1, 0 only when there is no
    /// region.
    static int height(long regions) {
        if (regions == 0) {
            return 0;
        }
        int height = 1;
        while ((regions - 1) >>> (FAN_OUT_BITS * height) != 0) {
            height++;
        }
        return height;
    }

    /// How many regions lie below one child of a node at `level` (a level 1 node has pages as
    /// children).
    static long span(int level) {
        return 1L << (FAN_OUT_BITS * (level - 1));
    }

    /// How many regions lie below a node at `level`.
    public static long below(int level) {
        return FAN_OUT * span(level);
    }

    /// The number of the node at `level` that covers a region, counted from the left.
    static long nodeOf(long region, int level) {
        return region >>> (FAN_OUT_BITS * level);
    }

    /// Which child of its node at `level` a region lies below.
    static int childOf(long region, int level) {
        return (int) (region >>> (FAN_OUT_BITS * (level - 1))) & (FAN_OUT - 1);
    }
}
