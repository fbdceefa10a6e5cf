package io.godwit.simulation;

/// The process of the running task is dead, or the history is over. An error, so that nothing that
/// handles failures takes it for one.
public final class Crashed extends Error {
    private static final long serialVersionUID = 1L;

    Crashed() {
        super("the process is dead", null, false, false);
    }
}
