package io.godwit.commit;

import io.godwit.pack.SessionId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/// `snap-del/<vol>/<time>-<id>`: the snapshot is forgotten, and may be taken back until it is
/// collected.
///
/// @param session who committed the snapshot: the tombstone is deleted only when a checkpoint is
///     above it
/// @param forgotten by the clock of who wrote it, for people
/// @param reason for people: `by id`, `rule daily`
public record Tombstone(
        SnapshotId snapshot, SessionId session, Nonce nonce, Instant forgotten, String reason) {
    static final int REASON_BYTES_MAX = 1024;

    public Tombstone {
        if (reason.getBytes(StandardCharsets.UTF_8).length > REASON_BYTES_MAX) {
            throw new IllegalArgumentException("reason too long: " + reason.length());
        }
    }
}
