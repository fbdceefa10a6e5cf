package io.godwit.pipeline;

import java.util.Optional;

/// What of the source is read, and what the rest is taken to be.
public sealed interface ReadScope {
    /// Everything that is not a hole of the source.
    record Everything() implements ReadScope {}

    /// Only what changed since the base; the rest is the base's.
    ///
    /// @param size of the volume in bytes as the changes' source knows it
    /// @param base snapshot id or change id; empty: the named parent is the base
    record Changed(long size, Optional<String> base, ExtentSet extents) implements ReadScope {}

    /// Only what is allocated; the rest reads as zeros.
    record Allocated(ExtentSet extents) implements ReadScope {}
}
