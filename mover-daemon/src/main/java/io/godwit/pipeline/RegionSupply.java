package io.godwit.pipeline;

/// Where workers get their regions from. Any number of threads.
interface RegionSupply {
    /// Plans the next region; false when there is none left. May wait for the source.
    boolean next(RegionPlan plan) throws InterruptedException;

    /// The region is finished: what was kept for it may go.
    void done(RegionPlan plan);
}
