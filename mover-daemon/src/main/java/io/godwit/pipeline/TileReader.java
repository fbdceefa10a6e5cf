package io.godwit.pipeline;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Reads the spans of one region ahead of its worker, several tiles at once, and hands them out in
/// order.
///
/// Owned by the worker. The reading is done by the threads of [ReaderPool]; a tile is theirs only
/// while it is being filled. Depth times tile size bounds the memory; the last tile handed out
/// stays valid until `next`.
final class TileReader {
    private final Tile[] ring;
    private final ReaderPool pool;
    private RegionPlan plan = RegionPlan.NOTHING;
    private int planSpan;
    private int planLeaf;
    private long handedOut;
    private long submitted;
    private boolean holdsOne;

    /// @param worker the owner's thread
    TileReader(ReaderPool pool, MemorySegment[] buffers, int headroom, Thread worker) {
        this.pool = pool;
        this.ring = new Tile[buffers.length];
        for (int i = 0; i < buffers.length; i++) {
            ring[i] = new Tile(buffers[i], headroom, worker);
        }
    }

    /// Starts on a region; the one before must be finished or [cancelled][#cancel].
    void begin(RegionPlan region) {
        plan = region;
        planSpan = 0;
        planLeaf = region.spans() == 0 ? 0 : region.spanLeaf(0);
        handedOut = 0;
        submitted = 0;
        holdsOne = false;
        readAhead();
    }

    /// The next tile, filled; null when the region has no more.
    @Nullable Tile next() throws InterruptedException {
        if (holdsOne) {
            holdsOne = false;
            handedOut++;
            readAhead();
        }
        if (handedOut == submitted) {
            return null;
        }
        Tile tile = ring[(int) (handedOut % ring.length)];
        pool.withdraw(tile);
        tile.fillIfWaiting(pool.source());
        tile.awaitFilled();
        holdsOne = true;
        return tile;
    }

    /// The tile that [#next] will hand out, maybe still being filled (its spans and its headroom
    /// are ours); null when the one handed out is the region's last.
    @Nullable Tile following() {
        long number = handedOut + 1;
        return number < submitted ? ring[(int) (number % ring.length)] : null;
    }

    /// Waits for what is being read, so that the buffers are ours again.
    void cancel() {
        for (Tile tile : ring) {
            pool.withdraw(tile);
            tile.reclaim();
        }
        handedOut = submitted;
        holdsOne = false;
    }

    private void readAhead() {
        while (submitted - handedOut < ring.length && planSpan < plan.spans()) {
            Tile tile = ring[(int) (submitted % ring.length)];
            tile.clear(plan.regionOffset(), plan.volumeBytes());
            describe(tile);
            tile.lend();
            submitted++;
            pool.submit(tile);
        }
    }

    private void describe(Tile tile) {
        while (planSpan < plan.spans()) {
            int end = plan.spanLeaf(planSpan) + plan.spanLeaves(planSpan);
            planLeaf += tile.add(planLeaf, end - planLeaf);
            if (planLeaf < end) {
                return;
            }
            planSpan++;
            planLeaf = planSpan < plan.spans() ? plan.spanLeaf(planSpan) : 0;
        }
    }
}
