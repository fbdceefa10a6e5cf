package io.godwit.copy;

import io.godwit.commit.CatalogueEntry;
import java.util.List;

/// Which snapshots shall be in the other repository too.
///
/// @param snapshots of the source, in any order
/// @param named whether somebody named them one by one: then one that is gone is a failure
/// @param verify read all that was copied from both repositories again, and compare
/// @param dryRun find out what is missing, and copy nothing
public record CopyRequest(
        List<CatalogueEntry> snapshots, boolean named, boolean verify, boolean dryRun) {
    public CopyRequest {
        snapshots = List.copyOf(snapshots);
    }
}
