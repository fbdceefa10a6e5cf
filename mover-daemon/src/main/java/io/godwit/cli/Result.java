package io.godwit.cli;

import java.io.PrintWriter;
import java.util.Optional;

/// What a command answers, for programs and for people.
interface Result {
    /// Not 0 when the work was finished and something is to be decided or repaired.
    default int exitCode() {
        return 0;
    }

    /// The fields of the `result` line behind `type` and `exitCode`.
    void json(JsonLine json);

    /// A short table or a sentence or two.
    void people(PrintWriter out);

    /// The same with `--quiet`.
    default void quiet(PrintWriter out) {}

    /// Why the exit code is not 0, for standard error.
    default Optional<String> complaint() {
        return Optional.empty();
    }
}
