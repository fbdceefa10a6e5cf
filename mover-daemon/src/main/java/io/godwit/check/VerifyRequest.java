package io.godwit.check;

import io.godwit.commit.CatalogueEntry;
import java.util.List;

/// What to verify.
///
/// @param snapshots whose structure is walked, and whose data is read
/// @param everything whether these are all snapshots: then objects that belong to no snapshot are
///     looked at too
/// @param dataPercent of the bytes in packs that are read and compared, 0 to 100
public record VerifyRequest(
        List<CatalogueEntry> snapshots, boolean everything, double dataPercent) {
    public VerifyRequest {
        snapshots = List.copyOf(snapshots);
        if (!(dataPercent >= 0 && dataPercent <= 100)) {
            throw new IllegalArgumentException("percent out of range: " + dataPercent);
        }
    }
}
