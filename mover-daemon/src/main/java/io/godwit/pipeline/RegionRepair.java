package io.godwit.pipeline;

import io.godwit.chunk.ChunkerSpec;
import io.godwit.volume.RegionHealth;
import io.godwit.volume.RegionMap;

/// Decides which worn parts of changed regions are cut afresh, within one budget for the run.
///
/// Small changes split extents and leave chunks of which little is still used. Reading such a part
/// again and cutting it anew keeps maps short and lets old packs die. The budget bounds what a run
/// reads beside its changes: the larger of [#FLOOR_BYTES] and a quarter of what has changed so far.
/// Any thread.
final class RegionRepair {
    static final long FLOOR_BYTES = 64L << 20;
    private static final int SHARE = 4;

    private final int averageBytes;
    private long changedBytes;
    private long spentBytes;

    /// @param averageBytes of a fresh chunk
    RegionRepair(int averageBytes) {
        this.averageBytes = averageBytes;
    }

    static RegionRepair of(ChunkerSpec chunker) {
        return new RegionRepair(
                switch (chunker) {
                    case ChunkerSpec.Leaf leaf -> RegionHealth.AVERAGE_CHUNK_BYTES;
                    case ChunkerSpec.Gear gear -> gear.averageBytes();
                    case ChunkerSpec.Fixed fixed -> fixed.bytes();
                });
    }

    /// What to read again of a region whose map has just taken in its changes.
    RegionPlan plan(RegionPlan region, RegionMap map, long changed) {
        RegionPlan plan = new RegionPlan();
        plan.begin(region.region(), region.volumeBytes(), false);
        long budget = takeBudget(changed);
        RegionHealth health = RegionHealth.of(map, budget, averageBytes);
        long used = 0;
        for (int span = 0; span < health.spans(); span++) {
            long from = region.regionOffset() + health.startBytes(span);
            plan.add(from, from + health.lengthBytes(span));
            used += health.lengthBytes(span);
        }
        giveBack(budget - used);
        return plan;
    }

    private synchronized long takeBudget(long changed) {
        changedBytes += changed;
        long budget = Math.max(FLOOR_BYTES, changedBytes / SHARE) - spentBytes;
        long taken = Math.clamp(budget, 0, RegionPlan.REGION_BYTES);
        spentBytes += taken;
        return taken;
    }

    private synchronized void giveBack(long unused) {
        spentBytes -= unused;
    }
}
