package io.godwit.commit;

import io.godwit.commit.CommitKeys.SnapshotName;
import io.godwit.volume.VolumeKey;
import java.util.Optional;

/// Which snapshots a reading of the catalogue is about: the contents of others are not fetched.
///
/// @param volume the only volume
/// @param idPrefix with which their ids start; "" for all
record CatalogueScope(Optional<VolumeKey> volume, String idPrefix) {
    static final CatalogueScope ALL = new CatalogueScope(Optional.empty(), "");

    static CatalogueScope of(VolumeKey volume) {
        return new CatalogueScope(Optional.of(volume), "");
    }

    static CatalogueScope of(String idPrefix) {
        return new CatalogueScope(Optional.empty(), idPrefix);
    }

    boolean contains(SnapshotName name) {
        return (volume.isEmpty() || volume.get().equals(name.volume()))
                && (idPrefix.isEmpty() || name.id().toString().startsWith(idPrefix));
    }

    /// Whether what is missing means something: everything of a volume is looked at.
    boolean wholeVolumes() {
        return idPrefix.isEmpty();
    }
}
