package io.godwit.s3;

import java.time.Duration;

/// How long a server is waited for.
///
/// @param connect until there is a connection
/// @param idle without a byte in either direction. A server that serves is never that silent
/// @param answer until a small request is answered
/// @param slowestBytesPerSecond what is slower is broken: the attempt ends, and with fewer at once
///     the next is faster
record Patience(Duration connect, Duration idle, Duration answer, long slowestBytesPerSecond) {
    static final Patience DEFAULT =
            new Patience(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(60),
                    32 << 10);

    /// For one attempt that carries so many bytes, in all.
    Duration forBytes(long bytes) {
        return answer.plusSeconds(bytes / slowestBytesPerSecond);
    }
}
