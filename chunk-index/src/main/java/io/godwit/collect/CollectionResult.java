package io.godwit.collect;

/// What a round came to.
///
/// @param generation the round; the newest one when there was nothing to do
/// @param listedPacks in the store before anything was deleted
/// @param condemnedPacks that nothing needed when the round was planned
/// @param deletedPacks that nothing needed in the end, also what a dead leader had deleted before
/// @param freedBytes of those that were still there; in a dry run of all that would go
/// @param waitedForSessions that had not answered at first, and did
/// @param fencedSessions that were given up
/// @param pendingSessions still open in the end: what they hold was left alone
public record CollectionResult(
        long generation,
        long listedPacks,
        long condemnedPacks,
        long deletedPacks,
        long freedBytes,
        long waitedForSessions,
        long fencedSessions,
        long pendingSessions) {}
