package io.godwit.store;

import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// How a store is opened, and the outside that it may touch.
///
/// @param uploadBytesPerSecond 0 for no limit
/// @param readBytesPerSecond 0 for no limit
/// @param retry for stores behind a network
/// @param clock tells the age of files that crashed writers left behind
/// @param nanoTime a clock that never jumps
/// @param random for names of temporary files and for the spread of waits; not secret, but from a
///     seed that no two processes share
public record StoreOptions(
        long uploadBytesPerSecond,
        long readBytesPerSecond,
        RetryPolicy retry,
        InstantSource clock,
        LongSupplier nanoTime,
        Sleeper sleeper,
        RandomGenerator random) {
    public StoreOptions {
        if (uploadBytesPerSecond < 0 || readBytesPerSecond < 0) {
            throw new IllegalArgumentException(
                    "negative rate: upload="
                            + uploadBytesPerSecond
                            + " read="
                            + readBytesPerSecond);
        }
    }
}
