package io.godwit.commit;

import io.godwit.pack.ChunkRef;
import io.godwit.pack.SessionId;
import io.godwit.volume.VolumeKey;
import java.time.Instant;

/// A snapshot that a session needs for as long as it runs. While the session is open, everything
/// the pinned root names is kept by the collector, and pages may be taken over whole.
///
/// @param session who committed the snapshot: decides whether it counts through `snap/` or through
///     a checkpoint
public record Pin(
        SnapshotId snapshot, VolumeKey volume, Instant time, SessionId session, ChunkRef root) {}
