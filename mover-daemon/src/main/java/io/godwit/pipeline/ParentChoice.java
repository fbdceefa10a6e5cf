package io.godwit.pipeline;

/// Which snapshot a backup builds on.
public sealed interface ParentChoice {
    /// The newest snapshot of the volume, if there is one.
    record Auto() implements ParentChoice {}

    /// No parent: everything is read and cut afresh.
    record None() implements ParentChoice {}

    /// The snapshot that `reference` names (see the command line's SNAPSHOT).
    record Named(String reference) implements ParentChoice {}
}
