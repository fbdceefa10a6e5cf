package io.godwit.commit;

import java.util.List;

/// `cat/<n>`: the catalogue below a floor. What a session with a plan below the floor put into
/// `s/`, `snap/`, `snap-del/` and `idx/l0/` counts only through the newest checkpoint.
///
/// @param round of the collection that wrote it
/// @param floor the smallest plan of a session that was undecided when the round re-read the
///     sessions
/// @param segments live entries of sessions below the floor, as objects of their own, by volume,
///     without overlap
/// @param inline the same of a small catalogue, in the checkpoint itself
public record Checkpoint(
        long round, Nonce nonce, long floor, List<SegmentRef> segments, CheckpointSegment inline) {
    public static final int SEGMENTS_MAX = 1 << 16;

    /// Where a segment stands: `cat/segment/<round>-<nonce>-<number>`. A later checkpoint may name
    /// it again.
    ///
    /// @param first smallest volume key in it, as text
    /// @param last largest
    /// @param digest of its plain content
    public record SegmentRef(
            long round,
            Nonce nonce,
            int number,
            String first,
            String last,
            int entries,
            EntryDigest digest) {
        public SegmentRef {
            if (round < 1 || number < 0 || entries < 0 || first.compareTo(last) > 0) {
                throw new IllegalArgumentException(
                        "not a segment: round=%d number=%d entries=%d"
                                .formatted(round, number, entries));
            }
        }
    }

    public Checkpoint {
        segments = List.copyOf(segments);
        if (round < 1 || floor < 0 || floor > round || segments.size() > SEGMENTS_MAX) {
            throw new IllegalArgumentException(
                    "not a checkpoint: round=%d floor=%d segments=%d"
                            .formatted(round, floor, segments.size()));
        }
    }
}
