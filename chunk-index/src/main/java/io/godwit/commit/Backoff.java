package io.godwit.commit;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// Pauses that double, with jitter, so that many clients of one store do not come back together.
final class Backoff {
    private static final long FIRST_MILLIS = 50;
    private static final long LONGEST_MILLIS = 2_000;

    private final Pause pause;
    private final RandomGenerator random;

    Backoff(RepositoryAccess access) {
        this.pause = access.pause();
        this.random = access.random();
    }

    /// Waits before the attempt that follows the `attempt`-th, counted from 1.
    void before(int attempt) {
        long longest = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(attempt - 1, 10));
        pause.pause(Duration.ofMillis(longest / 2 + random.nextLong(longest / 2 + 1)));
    }
}
