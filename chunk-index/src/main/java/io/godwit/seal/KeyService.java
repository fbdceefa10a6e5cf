package io.godwit.seal;

import java.util.Optional;

/// A service outside of this process that keeps a key and never gives it away: it wraps and unwraps
/// what a slot needs.
///
/// Wrapped is a slot's own secret of 32 bytes; from it the key is derived that wraps the slot's
/// private key. So the service sees nothing of a repository, and a repository learns nothing of the
/// service. Implementations throw `GodwitException`: `DENIED` when the service refuses,
/// `UNAVAILABLE` when it cannot be reached or is sealed.
public interface KeyService {
    /// At most this long may be what a service makes of a secret.
    int MAX_WRAPPED_BYTES = 2048;

    /// Encrypts a secret under the service's key.
    byte[] wrap(byte[] secret);

    /// What was wrapped, or empty when it was not this key that wrapped it.
    Optional<byte[]> unwrap(byte[] wrapped);

    /// Service and key, for messages. Holds no secret.
    String describe();
}
