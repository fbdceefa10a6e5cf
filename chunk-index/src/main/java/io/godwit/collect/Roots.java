package io.godwit.collect;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CatalogueView;
import io.godwit.commit.SessionRecords;
import java.util.List;

/// What a collector read: the snapshots, and the sessions that may become some.
///
/// @param view of the catalogue, read after the sessions
/// @param live snapshots of the view, but for those that were forgotten before the sessions were
///     read
/// @param undecided sessions that were open without an outcome
record Roots(
        CatalogueView view, List<CatalogueEntry> live, List<SessionRecords.Undecided> undecided) {
    Roots {
        live = List.copyOf(live);
        undecided = List.copyOf(undecided);
    }

    /// The smallest plan of a session that was undecided; `round` when there is none.
    long floor(long round) {
        return undecided.stream()
                .mapToLong(session -> session.id().plan())
                .reduce(round, Math::min);
    }
}
