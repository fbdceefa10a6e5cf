package io.godwit.collect;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CatalogueView;
import io.godwit.commit.SessionRecords;
import io.godwit.pack.PackId;
import java.util.List;
import java.util.Set;

/// What a collector read: the snapshots, and the sessions that may become some.
///
/// @param view of the catalogue, read after the sessions
/// @param live snapshots of the view, but for those that were forgotten before the sessions were
///     read
/// @param undecided sessions that were open without an outcome
/// @param mended packs that hold what was lost elsewhere
record Roots(
        CatalogueView view,
        List<CatalogueEntry> live,
        List<SessionRecords.Undecided> undecided,
        Set<PackId> mended) {
    Roots {
        live = List.copyOf(live);
        undecided = List.copyOf(undecided);
        mended = Set.copyOf(mended);
    }

    /// The smallest plan of a session that was undecided; `round` when there is none.
    long floor(long round) {
        return undecided.stream()
                .mapToLong(session -> session.id().plan())
                .reduce(round, Math::min);
    }
}
