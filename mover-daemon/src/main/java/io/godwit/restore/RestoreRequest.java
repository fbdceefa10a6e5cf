package io.godwit.restore;

import io.godwit.commit.CatalogueEntry;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/// One restore of one snapshot.
///
/// @param target as the user wrote it: a device, a file, or `-`
/// @param delta write only what differs from what the target holds
/// @param verify read everything back and compare
/// @param sparse leave holes in a new file where the volume reads as zeros
/// @param resume go on after what an interrupted restore of the same snapshot to the same target
///     had finished
/// @param offset first byte of the volume to restore; the target then starts with it
/// @param length bytes to restore; empty: to the end
/// @param force overwrite a file system or a file that is not empty
/// @param reserved what the target must not be or lie in: the repository
public record RestoreRequest(
        CatalogueEntry snapshot,
        String target,
        boolean delta,
        boolean verify,
        boolean sparse,
        boolean resume,
        long offset,
        OptionalLong length,
        boolean force,
        List<Path> reserved) {
    public RestoreRequest {
        reserved = List.copyOf(reserved);
    }
}
