package io.godwit.store;

import java.time.Duration;
import java.util.Optional;

/// What a store knows about itself without trying; more when it was used.
///
/// @param medium where the bytes are: the file system's type (`ext4`, `nfs4`), `memory`, `s3`
/// @param singleHost only the processes of one host may use it at once: its names or listings may
///     be stale on another, or a name cannot be taken atomically there
/// @param distant an answer takes so long that many requests at once are worth their memory
/// @param versioned an answer showed that the store keeps what is deleted or replaced
/// @param retention how long what snapshots consist of is locked when it is put
public record StoreTraits(
        String medium,
        boolean singleHost,
        boolean distant,
        boolean versioned,
        Optional<Duration> retention) {
    /// Of a store that answers at once.
    public StoreTraits(String medium, boolean singleHost) {
        this(medium, singleHost, false, false, Optional.empty());
    }

    public StoreTraits {
        if (medium.isBlank()) {
            throw new IllegalArgumentException("blank medium");
        }
    }
}
