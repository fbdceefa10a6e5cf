package io.godwit.copy;

import io.godwit.commit.SnapshotId;
import io.godwit.error.FailureKind;
import io.godwit.volume.VolumeName;
import java.util.List;
import java.util.Optional;

/// What a copy did. Bytes throughout, as promised to `--json`.
///
/// @param copied in the order of copying: by volume, oldest first
/// @param refused what could not be copied, or not compared with its copy
/// @param readBytes of volumes, from the source
/// @param newBytes plain bytes of chunks that the target did not have
/// @param storedBytes all that was written to the target
public record CopyResult(
        List<Copied> copied,
        List<Refused> refused,
        long readBytes,
        long newBytes,
        long storedBytes,
        long storePuts,
        double seconds) {
    /// A snapshot that is in both repositories now.
    ///
    /// @param source its id in the source
    /// @param target its id in the target; empty in a dry run, where it is missing there
    /// @param fresh whether it came, or in a dry run would come, with this call
    public record Copied(
            SnapshotId source,
            Optional<SnapshotId> target,
            VolumeName volume,
            long sizeBytes,
            boolean fresh) {}

    /// A snapshot that is not in the target, or that is and could not be read again to compare it.
    ///
    /// @param kind `CORRUPT` where it is damaged, `NOT_FOUND` where it was forgotten meanwhile
    public record Refused(SnapshotId source, VolumeName volume, FailureKind kind, String message) {}

    public CopyResult {
        copied = List.copyOf(copied);
        refused = List.copyOf(refused);
    }
}
