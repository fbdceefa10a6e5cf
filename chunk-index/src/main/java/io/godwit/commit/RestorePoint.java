package io.godwit.commit;

import io.godwit.pack.ChunkRef;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Snapshots of several volumes that belong together; every member's entry carries it.
///
/// @param id the same in all members
/// @param name for people
/// @param manifest a META chunk with what else belongs to it
public record RestorePoint(SnapshotId id, String name, Optional<ChunkRef> manifest) {
    static final int NAME_BYTES_MAX = 1024;

    public RestorePoint {
        if (name.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX) {
            throw new IllegalArgumentException("restore point name too long: " + name.length());
        }
    }
}
