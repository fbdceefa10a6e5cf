package io.godwit.store;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How often a call is tried, and how long it waits in between: doubling from `first` up to
/// `longest`, of which a random half is left out, so that many clients of a store that comes back
/// do not knock at once.
public record RetryPolicy(int attempts, Duration first, Duration longest) {
    /// About a minute in all: the time in which a load balancer or a server is replaced.
    public static final RetryPolicy DEFAULT =
            new RetryPolicy(10, Duration.ofMillis(200), Duration.ofSeconds(15));

    public RetryPolicy {
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts below 1: " + attempts);
        }
        if (!first.isPositive() || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "waits out of order: first=" + first + " longest=" + longest);
        }
    }

    /// The wait behind the failed attempt of this number, counted from 1.
    Duration delay(int attempt, RandomGenerator random) {
        long nanos = longest.toNanos();
        int doublings = attempt - 1;
        if (doublings < Long.numberOfLeadingZeros(first.toNanos()) - 1) {
            nanos = Math.min(nanos, first.toNanos() << doublings);
        }
        return Duration.ofNanos(nanos - (long) (random.nextDouble() * (nanos / 2.0)));
    }
}
