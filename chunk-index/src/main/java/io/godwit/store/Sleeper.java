package io.godwit.store;

import io.godwit.error.GodwitException;
import java.time.Duration;

/// Lets time pass. Handed in, so that a simulation waits in no time.
@FunctionalInterface
public interface Sleeper {
    /// Waits for the duration, or until the thread is interrupted.
    void sleep(Duration duration) throws InterruptedException;

    /// Waits; an interrupt stays set and becomes an `INTERRUPTED` failure.
    default void pause(Duration duration, String doing) {
        try {
            sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            GodwitException interrupted = StoreFailures.interrupted(doing);
            interrupted.initCause(e);
            throw interrupted;
        }
    }
}
