package io.godwit.check;

import io.godwit.device.Extent;
import java.util.List;

/// What a verification looked at and found.
///
/// @param checked how many of each
/// @param problems none means that all is well
/// @param repaired damaged objects on which nothing depends any more: what was needed of them
///     stands elsewhere
public record VerifyResult(Checked checked, List<Problem> problems, List<String> repaired) {
    public VerifyResult {
        problems = List.copyOf(problems);
        repaired = List.copyOf(repaired);
    }

    /// How many were looked at.
    ///
    /// @param dataBytes sealed bytes of the records that were read, opened and hashed
    public record Checked(
            long snapshots,
            long nodes,
            long pages,
            long packs,
            long chunks,
            long segments,
            long dataBytes) {}

    /// Something that is not what was stored.
    ///
    /// @param kind a stable word: `snapshot`, `root`, `node`, `page`, `pack-missing`, `pack`,
    ///     `record`, `chunk`, `index-segment`, `tombstone`, `session`, `losses`
    /// @param object the stored object it is in
    /// @param offset in the object, 0 when it is about all of it
    public record Problem(
            String kind, String object, long offset, String detail, List<Affected> affected) {
        public Problem {
            affected = List.copyOf(affected);
        }
    }

    /// Which part of which snapshot cannot be restored because of a problem.
    public record Affected(String snapshot, String volume, List<Extent> extents) {
        public Affected {
            extents = List.copyOf(extents);
        }
    }
}
