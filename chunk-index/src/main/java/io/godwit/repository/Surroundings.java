package io.godwit.repository;

import io.godwit.commit.CommitWarnings;
import io.godwit.commit.HostIdentity;
import io.godwit.store.Sleeper;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;

/// The outside that a repository may touch, handed in by whoever composes it.
///
/// @param clock for people, and for `latest`
/// @param nanoTime a clock that never jumps
/// @param random for keys, salts, ids and nonces
/// @param waiters makes the threads of a burst of small requests; virtual where the store waits on
///     a network
/// @param host the running process; see [LocalHost]
/// @param warnings what an operator should know
public record Surroundings(
        InstantSource clock,
        LongSupplier nanoTime,
        SecureRandom random,
        Sleeper sleeper,
        ThreadFactory waiters,
        HostIdentity host,
        CommitWarnings warnings) {}
