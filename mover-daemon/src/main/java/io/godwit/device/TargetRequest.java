package io.godwit.device;

import java.nio.file.Path;
import java.util.List;

/// What somebody wants to write a volume to.
///
/// @param target a device, a file or `-`
/// @param volumeBytes the size of the volume
/// @param overwrite whether what it holds may be lost: a file system, a partition table, a file
///     that is not empty
/// @param keepContent whether what is not written keeps its content (comparing, resuming) or a file
///     starts blank
/// @param reserved files, devices and directories that it must not be or lie in: the repository, a
///     source
public record TargetRequest(
        String target,
        long volumeBytes,
        boolean overwrite,
        boolean keepContent,
        List<Path> reserved) {
    public TargetRequest {
        if (volumeBytes < 0) {
            throw new IllegalArgumentException("negative size: " + volumeBytes);
        }
        reserved = List.copyOf(reserved);
    }
}
