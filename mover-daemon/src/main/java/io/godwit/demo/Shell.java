package io.godwit.demo;

/// Runs one command line of ours in this process, as a user would type it; its output goes where it
/// always goes.
@FunctionalInterface
public interface Shell {
    /// Returns the exit code.
    int run(String... arguments);
}
