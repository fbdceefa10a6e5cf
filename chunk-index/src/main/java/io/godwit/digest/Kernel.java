package io.godwit.digest;

/// Which implementation hashes leaves; all compute the same digests.
public enum Kernel {
    /// Vectors where the JVM has the module and the processor is wide enough, else scalars.
    AUTO,
    /// Vectors, or an error where they are not to be had.
    VECTOR,
    /// Plain integers: anywhere, several times slower.
    SCALAR
}
