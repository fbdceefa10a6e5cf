package io.godwit.commit;

import io.godwit.volume.VolumeKey;
import io.godwit.volume.VolumeName;
import java.util.Optional;

/// The snapshots of a repository.
///
/// Every reading goes through s/, then snap/ and snap-del/, then the newest checkpoint, in this order; a COMMIT of
/// which entries are missing in snap/ counts, and is finished on the way where this process may write.
/// Safe for any number of threads.
public final class Catalogue {
    private final RepositoryAccess access;
    private final CatalogueMemory memory;

    public Catalogue(RepositoryAccess access, CatalogueMemory memory) {
        this.access = access;
        this.memory = memory;
    }

    /// All volumes.
    public CatalogueView read() {
        return read(Optional.empty());
    }

    /// One volume: costs nothing for the snapshots of others.
    public CatalogueView read(VolumeName volume) {
        return read(Optional.of(access.keyOf(volume)));
    }

    /// The snapshot that a person's SNAPSHOT names, reading only what it takes.
    ///
    /// @throws io.godwit.error.GodwitException `NOT_FOUND`, or `INVALID` when it is ambiguous
    public CatalogueEntry resolve(String text) {
        SnapshotQuery query = SnapshotQuery.parse(text);
        Optional<VolumeName> volume = query.onlyVolume();
        if (volume.isEmpty()) {
            return read().resolve(query);
        }
        return read(volume.get()).resolve(query);
    }

    private CatalogueView read(Optional<VolumeKey> only) {
        CatalogueView view = new CatalogueReading(access, memory, only).read();
        CatalogueAlarms alarms = new CatalogueAlarms(access, memory);
        if (alarms.suspicious(view)) {
            // What was published while the listings were read may look like a gap: look again
            // before crying.
            view = new CatalogueReading(access, memory, only).read();
            alarms.raise(view);
        }
        alarms.remember(view);
        view.problems().forEach(problem -> access.warnings().warn(problem.kind(), problem.text()));
        return view;
    }
}
