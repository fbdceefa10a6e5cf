package io.godwit.pipeline;

import io.godwit.volume.VolumeName;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// One backup of one volume.
///
/// @param source as the user wrote it: a device, a raw image, or `-`
/// @param changeId stored with the snapshot: what the next list of changes starts from
/// @param auditBlocks how many random blocks that the list calls unchanged are read and compared
/// @param dryRun read and compare, store nothing
public record BackupRequest(
        VolumeName volume,
        String source,
        ParentChoice parent,
        ReadScope scope,
        Optional<String> changeId,
        int auditBlocks,
        Map<String, String> tags,
        Optional<Instant> time,
        boolean dryRun) {
    public BackupRequest {
        tags = Map.copyOf(tags);
        if (auditBlocks < 0) {
            throw new IllegalArgumentException("negative audit: " + auditBlocks);
        }
    }

    /// The same, with the list of changes left out.
    BackupRequest readingEverything() {
        return new BackupRequest(
                volume,
                source,
                parent,
                new ReadScope.Everything(),
                changeId,
                auditBlocks,
                tags,
                time,
                dryRun);
    }
}
