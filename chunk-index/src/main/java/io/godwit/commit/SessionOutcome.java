package io.godwit.commit;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `s/<sid>/outcome`: how a session ended, decided once by whoever creates it first.
///
/// It counts only while the session's `open` exists; otherwise it is void.
public sealed interface SessionOutcome {
    Nonce nonce();

    /// The session's snapshots exist. Every entry carries the restore point when there is one.
    record Commit(Nonce nonce, List<CatalogueEntry> entries) implements SessionOutcome {
        public Commit {
            entries = List.copyOf(entries);
            if (entries.isEmpty() || entries.size() > CatalogueEntry.SIBLINGS_MAX) {
                throw new IllegalArgumentException("entries out of range: " + entries.size());
            }
            Set<SnapshotId> seen = new HashSet<>();
            for (CatalogueEntry entry : entries) {
                if (entry.siblings() != entries.size()
                        || !entry.session().equals(entries.getFirst().session())
                        || !entry.restorePoint().equals(entries.getFirst().restorePoint())
                        || !seen.add(entry.snapshot())) {
                    throw new IllegalArgumentException(
                            "entry does not belong: snapshot=" + entry.snapshot());
                }
            }
        }

        public Optional<RestorePoint> restorePoint() {
            return entries.getFirst().restorePoint();
        }
    }

    /// Nothing of the session counts.
    ///
    /// @param by the session itself, or who fenced it
    /// @param reason for people
    record Abort(Nonce nonce, HostIdentity by, String reason) implements SessionOutcome {
        static final int REASON_BYTES_MAX = 1024;

        public Abort {
            if (reason.getBytes(StandardCharsets.UTF_8).length > REASON_BYTES_MAX) {
                throw new IllegalArgumentException("reason too long: " + reason.length());
            }
        }
    }
}
