package io.godwit.commit;

import io.godwit.volume.VolumeName;
import java.util.List;

/// The snapshots of a repository.
///
/// Every reading goes through s/, then snap/ and snap-del/, then the newest checkpoint, in this
/// order; a COMMIT of which entries are missing in snap/ counts, and is finished on the way where
/// this process may write. Safe for any number of threads.
public final class Catalogue {
    private final RepositoryAccess access;
    private final CatalogueMemory memory;

    public Catalogue(RepositoryAccess access, CatalogueMemory memory) {
        this.access = access;
        this.memory = memory;
    }

    /// All volumes.
    public CatalogueView read() {
        return read(CatalogueScope.ALL);
    }

    /// One volume: costs nothing for the snapshots of others.
    public CatalogueView read(VolumeName volume) {
        return read(CatalogueScope.of(access.keyOf(volume)));
    }

    /// The snapshot that a person's SNAPSHOT names, reading only what it takes.
    ///
    /// @throws io.godwit.error.GodwitException `NOT_FOUND`, or `INVALID` when it is ambiguous
    public CatalogueEntry resolve(String text) {
        SnapshotQuery query = SnapshotQuery.parse(text);
        if (!query.idPrefix().isEmpty()) {
            CatalogueView view = read(CatalogueScope.of(query.idPrefix()));
            if (query.byVolume().isEmpty() || !view.entries().isEmpty()) {
                return view.resolve(query);
            }
        }
        if (query.otherwise().isPresent()) {
            return read().resolve(query);
        }
        return query.byVolume().map(this::read).orElseGet(this::read).resolve(query);
    }

    /// Snapshots that are missing from a view of all volumes, and were not forgotten: as far as
    /// their counters and this node's memory tell. They were warned of when it was read.
    public List<CatalogueView.Problem> missing(CatalogueView view) {
        return new CatalogueAlarms(access, memory).alarms(view);
    }

    private CatalogueView read(CatalogueScope scope) {
        CatalogueView view = new CatalogueReading(access, memory, scope).read();
        if (scope.wholeVolumes()) {
            view = watched(scope, view);
        }
        view.problems().forEach(problem -> access.warnings().warn(problem.kind(), problem.text()));
        return view;
    }

    private CatalogueView watched(CatalogueScope scope, CatalogueView first) {
        CatalogueView view = first;
        CatalogueAlarms alarms = new CatalogueAlarms(access, memory);
        if (alarms.suspicious(view)) {
            // What was published while the listings were read may look like a gap: look again
            // before crying.
            view = new CatalogueReading(access, memory, scope).read();
            alarms.raise(view);
        }
        alarms.remember(view);
        return view;
    }
}
