package io.godwit.restore;

import io.godwit.device.Extent;
import java.util.List;

/// What a restore did, as promised to `--json`.
///
/// @param fetchedBytes read from the store
/// @param writtenBytes written to the target, zeros included where they had to be written
/// @param skippedBytes that the target held already, or that are holes left alone
/// @param badExtents that could not be restored, by offset in the target; not empty means exit code
///     3
/// @param syncSeconds of `seconds` that making it durable took
public record RestoreResult(
        String snapshot,
        String target,
        long sizeBytes,
        long fetchedBytes,
        long writtenBytes,
        long skippedBytes,
        List<Extent> badExtents,
        double seconds,
        double syncSeconds) {}
