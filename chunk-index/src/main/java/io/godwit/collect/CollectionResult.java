package io.godwit.collect;

import java.util.Optional;

/// What a round came to.
///
/// @param generation the round; the newest one when there was nothing to do
/// @param listedPacks in the store before anything was deleted
/// @param condemnedPacks that nothing needed when the round was planned
/// @param repackedPacks whose needed chunks were copied to others by the round's plan
/// @param deletedPacks in the end, repacked ones too, also what a dead leader had deleted before
/// @param freedBytes of those that were still there; in a dry run of all that would go
/// @param repackedBytes of packs that this call made of others; in a dry run about what it would
/// @param waitedForSessions that had not answered at first, and did
/// @param fencedSessions that were given up
/// @param pendingSessions still open in the end: what they hold was left alone
/// @param refusedDeletions objects that the store would not delete, because they are locked
/// @param forecast of a dry run
public record CollectionResult(
        long generation,
        long listedPacks,
        long condemnedPacks,
        long repackedPacks,
        long deletedPacks,
        long freedBytes,
        long repackedBytes,
        long waitedForSessions,
        long fencedSessions,
        long pendingSessions,
        long refusedDeletions,
        Optional<Forecast> forecast) {
    /// Without repacking.
    public CollectionResult(
            long generation,
            long listedPacks,
            long condemnedPacks,
            long deletedPacks,
            long freedBytes,
            long waitedForSessions,
            long fencedSessions,
            long pendingSessions) {
        this(
                generation,
                listedPacks,
                condemnedPacks,
                0,
                deletedPacks,
                freedBytes,
                0,
                waitedForSessions,
                fencedSessions,
                pendingSessions,
                0,
                Optional.empty());
    }
}
