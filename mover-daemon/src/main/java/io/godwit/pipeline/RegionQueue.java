package io.godwit.pipeline;

import static io.godwit.device.BlockSource.BLOCK_BYTES;
import static io.godwit.pipeline.RegionPlan.REGION_BYTES;

import io.godwit.device.BlockSource;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.function.LongPredicate;

/// Hands the regions of a volume out in order, each with what is to be read of it.
///
/// Shared by the workers; a region that needs no work is never handed out: one without data whose
/// parent has none either, or one without a change.
final class RegionQueue implements RegionSupply {
    private final BlockSource source;
    private final ReadScope scope;
    private final long volumeBytes;
    private final long regions;
    private final LongPredicate parentHasPage;
    private final RunCounters counters;
    private final ArrayDeque<Long> again = new ArrayDeque<>();
    private long next;
    private long dataFrom = -1;

    /// @param scope for [ReadScope.Changed], with everything that must be read beside the listed
    ///     changes
    /// @param parentHasPage whether the parent has anything but a hole in a region
    RegionQueue(
            BlockSource source,
            ReadScope scope,
            long volumeBytes,
            LongPredicate parentHasPage,
            RunCounters counters) {
        this.source = source;
        this.scope = scope;
        this.volumeBytes = volumeBytes;
        this.regions = (volumeBytes + REGION_BYTES - 1) / REGION_BYTES;
        this.parentHasPage = parentHasPage;
        this.counters = counters;
    }

    @Override
    public synchronized boolean next(RegionPlan plan) {
        Long repeated = again.poll();
        if (repeated != null) {
            describe(plan, repeated);
            return true;
        }
        while (next < regions) {
            long region = next++;
            if (needsWork(region)) {
                describe(plan, region);
                return true;
            }
            if (!(scope instanceof ReadScope.Changed)) {
                long bytes = Math.min(REGION_BYTES, volumeBytes - region * REGION_BYTES);
                counters.progress.doneBytes.add(bytes);
                counters.holesBytes.add(bytes);
            }
        }
        return false;
    }

    @Override
    public void done(RegionPlan plan) {}

    /// A queue of these regions only, planned as here: to do them once more.
    RegionQueue of(Collection<Long> chosen) {
        RegionQueue queue =
                new RegionQueue(
                        source,
                        scope,
                        volumeBytes,
                        parentHasPage,
                        new RunCounters(new RunProgress()));
        queue.next = regions;
        queue.again.addAll(chosen);
        return queue;
    }

    private boolean needsWork(long region) {
        long from = region * REGION_BYTES;
        long to = Math.min(from + REGION_BYTES, volumeBytes);
        return switch (scope) {
            case ReadScope.Everything everything -> hasData(from, to) || parentHasPage.test(region);
            case ReadScope.Changed changed -> changed.extents().touches(from, to);
            case ReadScope.Allocated allocated ->
                    allocated.extents().touches(from, to) || parentHasPage.test(region);
        };
    }

    private boolean hasData(long from, long to) {
        if (dataFrom < from) {
            dataFrom = source.nextData(from);
        }
        return dataFrom < to;
    }

    private void describe(RegionPlan plan, long region) {
        boolean restIsHole = !(scope instanceof ReadScope.Changed);
        plan.begin(region, volumeBytes, restIsHole);
        switch (scope) {
            case ReadScope.Everything everything ->
                    addData(plan, plan.regionOffset(), plan.regionEnd());
            case ReadScope.Changed changed -> addExtents(plan, changed.extents(), false);
            case ReadScope.Allocated allocated -> addExtents(plan, allocated.extents(), true);
        }
    }

    private void addExtents(RegionPlan plan, ExtentSet extents, boolean dataOnly) {
        for (int i = extents.firstEndingBehind(plan.regionOffset());
                i < extents.size() && extents.start(i) < plan.regionEnd();
                i++) {
            long from = Math.max(extents.start(i), plan.regionOffset());
            long to = Math.min(extents.end(i), plan.regionEnd());
            if (dataOnly) {
                addData(plan, from, to);
            } else {
                plan.add(from, to);
            }
        }
    }

    private void addData(RegionPlan plan, long from, long to) {
        long at = from;
        while (at < to) {
            long data = source.nextData(at);
            if (data >= to) {
                break;
            }
            long hole = Math.min(source.nextHole(data), to);
            plan.add(isShort(at, data) ? at : data, hole);
            at = hole;
        }
        if (at > from && isShort(at, to)) {
            plan.add(at, to);
        }
    }

    /// Whether a hole of the source is none by the rules of cutting: it is read as the zeros that
    /// it is, so that chunks do not depend on which zeros a file system happens to store.
    private static boolean isShort(long from, long to) {
        return to - from < RunCutter.MIN_HOLE_LEAVES * (long) BLOCK_BYTES;
    }
}
