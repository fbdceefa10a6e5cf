package io.godwit.commit;

import io.godwit.volume.VolumeKey;
import java.util.List;

/// A part of a checkpoint: some volumes, each with what is live of it.
public record CheckpointSegment(List<Volume> volumes) {
    public static final CheckpointSegment EMPTY = new CheckpointSegment(List.of());
    static final int VOLUMES_MAX = 1 << 20;
    static final int ENTRIES_MAX = 1 << 24;

    /// One volume.
    ///
    /// @param counter the largest that any snapshot of a session below the floor had, live or not:
    ///     a counter above it must be found in `snap/`
    /// @param live entries, newest first
    public record Volume(VolumeKey key, long counter, List<CatalogueEntry> live) {
        public Volume {
            live = List.copyOf(live);
            for (CatalogueEntry entry : live) {
                if (entry.counter() > counter) {
                    throw new IllegalArgumentException(
                            "counter below an entry's: counter=%d entry=%d"
                                    .formatted(counter, entry.counter()));
                }
            }
        }
    }

    public CheckpointSegment {
        volumes = List.copyOf(volumes);
        for (int i = 1; i < volumes.size(); i++) {
            if (volumes.get(i - 1).key().compareTo(volumes.get(i).key()) >= 0) {
                throw new IllegalArgumentException("volumes out of order: " + volumes.get(i).key());
            }
        }
    }
}
