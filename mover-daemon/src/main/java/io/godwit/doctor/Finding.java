package io.godwit.doctor;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.util.Optional;

/// What one look at this machine found.
///
/// @param name stable, for programs
/// @param ok whether Godwit works well with it
/// @param value what was found, for people
/// @param advice what to do about it
/// @param failure with which a command would end because of it
public record Finding(
        String name,
        boolean ok,
        String value,
        Optional<String> advice,
        Optional<FailureKind> failure) {
    static Finding good(String name, String value) {
        return new Finding(name, true, value, Optional.empty(), Optional.empty());
    }

    static Finding bad(String name, String value, String advice) {
        return new Finding(name, false, value, Optional.of(advice), Optional.empty());
    }

    static Finding failed(String name, GodwitException failure, String advice) {
        return new Finding(
                name,
                false,
                String.valueOf(failure.getMessage()),
                Optional.of(failure.hint().orElse(advice)),
                Optional.of(failure.kind()));
    }

    static Finding of(String name, boolean ok, String value, String advice) {
        return ok ? good(name, value) : bad(name, value, advice);
    }
}
