package io.godwit.nbd;

import java.time.Duration;

/// How long a server is waited for, and how often it is tried again.
///
/// @param connect until there is a connection
/// @param idle without a byte while an answer is due
/// @param attempts at one request, on new connections where the old one was lost
/// @param pause before the second attempt; doubled before each further one
/// @param longestPause what it is never longer than
public record NbdPatience(
        Duration connect, Duration idle, int attempts, Duration pause, Duration longestPause) {
    /// A server that is started anew on the same machine is back within seconds; eight attempts
    /// wait eleven in all.
    public static final NbdPatience DEFAULT =
            new NbdPatience(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30),
                    8,
                    Duration.ofMillis(100),
                    Duration.ofSeconds(5));

    /// Before attempt number `attempt`, counted from 1, is repeated.
    Duration pauseAfter(int attempt) {
        Duration doubled = pause.multipliedBy(1L << Math.min(attempt - 1, 20));
        return doubled.compareTo(longestPause) > 0 ? longestPause : doubled;
    }

    /// The same, with less time for a connection that is not needed.
    NbdPatience forExtras() {
        Duration second = Duration.ofSeconds(1);
        return new NbdPatience(second, second, 1, pause, longestPause);
    }
}
