package io.godwit.commit;

import io.godwit.pack.PackId;
import java.util.Set;
import java.util.SortedMap;

/// The chunk index as the protocol sees it: what it must forget, and how far it has.
public interface CollectedPacks {
    /// The newest plan up to which every sweep is durably applied; 0 for none.
    long watermark();

    /// W0: applies the sweeps durably, then moves the watermark, and makes what is condemned
    /// unusable for look-ups.
    ///
    /// @param newestPlan of the store, 0 for none. An index whose watermark is above it knows more
    ///     than the store: the store went back in time, and the index forgets everything first
    /// @param sweeps packs deleted by round: every decided one above the watermark, or all when it
    ///     is above `newestPlan`
    /// @param condemned packs of published plans whose sweep is not decided; what was condemned
    ///     before is spared
    void bringTo(long newestPlan, SortedMap<Long, Set<PackId>> sweeps, Set<PackId> condemned);

    /// W0 too: which list of losses is the newest; 0 for none. What it calls bad is not there for
    /// look-ups.
    default void lost(long newestLosses) {}

    /// Whether it wants to know of sweeps and plans at all; else only the newest plan is looked
    /// for.
    default boolean remembers() {
        return true;
    }

    /// An index of who looks nothing up.
    static CollectedPacks none() {
        return new CollectedPacks() {
            @Override
            public boolean remembers() {
                return false;
            }

            @Override
            public long watermark() {
                return 0;
            }

            @Override
            public void bringTo(
                    long newestPlan, SortedMap<Long, Set<PackId>> sweeps, Set<PackId> condemned) {}
        };
    }
}
