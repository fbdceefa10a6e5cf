package io.godwit.doctor;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;

/// The machine as a command would use it.
///
/// @param cacheDirectory need not exist
/// @param memoryBytes what a mover may take
public record Machine(
        Path cacheDirectory,
        Path temporaryDirectory,
        long memoryBytes,
        InstantSource clock,
        LongSupplier nanoTime,
        SecureRandom random,
        ThreadFactory threads) {}
