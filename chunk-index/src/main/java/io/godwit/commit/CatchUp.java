package io.godwit.commit;

import io.godwit.pack.PackId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Brings an index to the newest collection plan: W0 of a session, and whenever somebody else
/// wants to know what is gone. Any thread.
public final class CatchUp {
    private final RepositoryAccess access;
    private final CollectionRecords collections;

    public CatchUp(RepositoryAccess access) {
        this.access = access;
        this.collections = new CollectionRecords(access);
    }

    /// Applies every sweep, marks what undecided plans condemn, and returns the newest plan.
    public long bring(CollectedPacks index) {
        if (!index.remembers()) {
            return collections.newestPlan();
        }
        long watermark = index.watermark();
        CollectionRecords.Published published = collections.publishedFrom(Math.max(1, watermark));
        List<Long> plans = published.plans();
        if (watermark > 0 && plans.isEmpty()) {
            watermark = 0;
            plans = collections.plansFrom(1);
        }
        long known = watermark;
        List<Long> unknown = plans.stream().filter(round -> round > known).toList();
        List<Optional<CollectionSweep>> sweeps = access.fanOut().map(unknown, collections::sweep);
        SortedMap<Long, Set<PackId>> decided = new TreeMap<>();
        Set<PackId> condemned = new HashSet<>();
        boolean gapless = true;
        for (int i = 0; i < unknown.size(); i++) {
            long round = unknown.get(i);
            Set<PackId> packs = collections.unusable(round, sweeps.get(i));
            // The watermark passes no round that is not decided.
            gapless &= sweeps.get(i).isPresent();
            if (gapless) {
                decided.put(round, packs);
            } else {
                condemned.addAll(packs);
            }
        }
        long newest = plans.isEmpty() ? 0 : plans.getLast();
        index.bringTo(newest, decided, condemned);
        index.lost(published.losses());
        return newest;
    }
}
