package io.godwit.commit;

import io.godwit.pack.SessionId;
import java.util.List;

/// A session that has committed.
///
/// @param entries as they stand in the catalogue
/// @param published whether every entry is known to stand in `snap/` or a checkpoint; else the next
///     reader that may write puts it there
public record CommitResult(SessionId session, List<CatalogueEntry> entries, boolean published) {
    public CommitResult {
        entries = List.copyOf(entries);
    }
}
