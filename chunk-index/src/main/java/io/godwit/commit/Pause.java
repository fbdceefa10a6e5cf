package io.godwit.commit;

import java.time.Duration;

/// Waits. Injected, so that a simulator decides what waiting means.
@FunctionalInterface
public interface Pause {
    /// Returns after about `duration`.
    ///
    /// @throws io.godwit.error.GodwitException `INTERRUPTED` when the thread was asked to stop
    void pause(Duration duration);
}
