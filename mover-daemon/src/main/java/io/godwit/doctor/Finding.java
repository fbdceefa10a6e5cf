package io.godwit.doctor;

import java.util.Optional;

/// What one look at this machine found.
///
/// @param name stable, for programs
/// @param ok whether Godwit works well with it
/// @param value what was found, for people
/// @param advice what to do about it
public record Finding(String name, boolean ok, String value, Optional<String> advice) {
    static Finding good(String name, String value) {
        return new Finding(name, true, value, Optional.empty());
    }

    static Finding bad(String name, String value, String advice) {
        return new Finding(name, false, value, Optional.of(advice));
    }

    static Finding of(String name, boolean ok, String value, String advice) {
        return ok ? good(name, value) : bad(name, value, advice);
    }
}
