package io.godwit.commit;

import io.godwit.pack.SessionId;
import io.godwit.store.ObjectKey;
import io.godwit.volume.VolumeKey;
import java.util.Map;
import java.util.Optional;

/// What a node remembers of a catalogue: hints that save requests, and the newest counters, which
/// tell when the store shows less than before. It may forget anything at any time.
///
/// Safe for any number of threads.
public interface CatalogueMemory {
    /// The plain entry under a name that a listing showed: names are used once, so what was read
    /// once stays true.
    Optional<byte[]> entry(ObjectKey name);

    void rememberEntry(ObjectKey name, byte[] plain);

    /// Whether everything that the session committed certainly stands in `snap/`, or it committed
    /// nothing.
    boolean settled(SessionId session);

    void rememberSettled(SessionId session);

    /// The largest counter that was ever seen of each volume, or of one.
    Map<VolumeKey, Long> newestCounters(Optional<VolumeKey> only);

    /// Remembers counters of which none is smaller than what was remembered before.
    void rememberCounters(Map<VolumeKey, Long> counters);

    /// Remembers nothing.
    static CatalogueMemory none() {
        return new CatalogueMemory() {
            @Override
            public Optional<byte[]> entry(ObjectKey name) {
                return Optional.empty();
            }

            @Override
            public void rememberEntry(ObjectKey name, byte[] plain) {}

            @Override
            public boolean settled(SessionId session) {
                return false;
            }

            @Override
            public void rememberSettled(SessionId session) {}

            @Override
            public Map<VolumeKey, Long> newestCounters(Optional<VolumeKey> only) {
                return Map.of();
            }

            @Override
            public void rememberCounters(Map<VolumeKey, Long> counters) {}
        };
    }
}
