package io.godwit.collect;

import java.time.Duration;

/// What an operator asks of a collection.
///
/// @param dryRun only say what would go
/// @param acceptMissing go on where snapshots are missing that nobody forgot: what only they need is
///     deleted
/// @param fenceAfter how long a session may leave a plan unanswered before it is given up
public record CollectionRequest(boolean dryRun, boolean acceptMissing, Duration fenceAfter) {
    public static final Duration FENCE_AFTER = Duration.ofMinutes(10);

    public CollectionRequest {
        if (fenceAfter.isNegative()) {
            throw new IllegalArgumentException("negative time to fence after: " + fenceAfter);
        }
    }
}
