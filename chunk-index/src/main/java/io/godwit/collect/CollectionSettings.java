package io.godwit.collect;

import io.godwit.commit.ProcessTable;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// How a collection is made.
///
/// @param dryRun only say what would go
/// @param fenceAfter how long a session may leave a plan unanswered before it is given up
/// @param marks makes a new mark for each reading of the roots
/// @param processes of this host: a session whose process is gone is given up at once
/// @param nanoTime a clock that never jumps
/// @param phases is told what happens
public record CollectionSettings(
        boolean dryRun,
        Duration fenceAfter,
        Supplier<PackMark> marks,
        ProcessTable processes,
        LongSupplier nanoTime,
        Phases phases) {
    public static final Duration FENCE_AFTER = Duration.ofMinutes(10);

    /// Is told what happens.
    @FunctionalInterface
    public interface Phases {
        void phase(String name);
    }

    public CollectionSettings {
        if (fenceAfter.isNegative()) {
            throw new IllegalArgumentException("negative time to fence after: " + fenceAfter);
        }
    }
}
