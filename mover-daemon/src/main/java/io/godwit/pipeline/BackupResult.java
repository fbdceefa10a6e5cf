package io.godwit.pipeline;

import io.godwit.device.Extent;
import java.util.List;
import java.util.Optional;

/// What a backup did. Bytes throughout, as promised to `--json`.
///
/// @param snapshot id; empty for a dry run
/// @param changedBytes of blocks that differ from the parent
/// @param newBytes plain bytes of chunks that the repository did not have
/// @param storedBytes all that was written to the store, metadata too
/// @param unreadable what could not be read and is zeros in the snapshot; not empty means exit code
///     3
public record BackupResult(
        Optional<String> snapshot,
        Optional<String> parent,
        String volume,
        long sizeBytes,
        long readBytes,
        long changedBytes,
        long newBytes,
        long storedBytes,
        long storePuts,
        long totalChunks,
        long newChunks,
        long holesBytes,
        double seconds,
        String chunker,
        Optional<String> changeId,
        CbtMode cbtMode,
        long cbtExtents,
        long cbtAudited,
        List<Extent> unreadable) {

    /// How changed-block tracking took part.
    public enum CbtMode {
        NONE,
        CHANGED,
        ALLOCATED,
        FULL
    }

    public long reusedChunks() {
        return totalChunks - newChunks;
    }
}
