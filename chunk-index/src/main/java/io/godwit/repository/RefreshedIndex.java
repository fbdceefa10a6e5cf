package io.godwit.repository;

import io.godwit.commit.CollectedPacks;
import io.godwit.commit.Losses;
import io.godwit.index.IndexRefresh;
import io.godwit.index.LocalCache;
import io.godwit.pack.PackId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/// The local cache as sessions see it in W0.
final class RefreshedIndex implements CollectedPacks {
    private final LocalCache cache;
    private final IndexRefresh refresh;
    private final LostChunks lost;

    RefreshedIndex(LocalCache cache, IndexRefresh refresh, LostChunks lost) {
        this.cache = cache;
        this.refresh = refresh;
        this.lost = lost;
    }

    @Override
    public long watermark() {
        return cache.watermark();
    }

    @Override
    public synchronized void bringTo(
            long newestPlan, SortedMap<Long, Set<PackId>> sweeps, Set<PackId> condemned) {
        List<IndexRefresh.Sweep> decided = new ArrayList<>();
        sweeps.forEach((plan, deleted) -> decided.add(new IndexRefresh.Sweep(plan, deleted)));
        refresh.bringTo(newestPlan, decided, condemned);
    }

    @Override
    public synchronized void lost(long newestLosses) {
        Losses losses = lost.upTo(newestLosses);
        cache.avoid(losses.badPlaces());
        refresh.leaveOut(Set.copyOf(losses.settled()));
    }
}
