package io.godwit.commit;

import java.util.Optional;
import java.util.OptionalLong;

/// Where a snapshot stands in its volume's history.
///
/// @param parent the snapshot that it was written against
/// @param parentDigest of the parent's entry: present exactly when the parent is
/// @param counter the newest that the writer saw of its volume plus one, from 1. Two writers at
///     once may take the same: both snapshots stand, and each names its parent
public record Lineage(
        Optional<SnapshotId> parent, Optional<EntryDigest> parentDigest, long counter) {
    public Lineage {
        if (parent.isPresent() != parentDigest.isPresent() || counter < 1) {
            throw new IllegalArgumentException(
                    "not a lineage: parent=%s digest=%s counter=%d"
                            .formatted(parent, parentDigest, counter));
        }
    }

    /// The lineage of a new snapshot.
    ///
    /// @param newest counter that the catalogue shows of the volume, empty when it never had a
    ///     snapshot
    public static Lineage after(Optional<CatalogueEntry> parent, OptionalLong newest) {
        return new Lineage(
                parent.map(CatalogueEntry::snapshot),
                parent.map(EntryDigest::of),
                Math.addExact(newest.orElse(0), 1));
    }
}
