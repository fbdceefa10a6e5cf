package io.godwit.cli;

import java.util.Optional;

/// Asks a person for a secret.
@FunctionalInterface
interface SecretPrompt {
    /// What was typed, in UTF-8 and without the end of the line; empty where there is nobody to
    /// ask.
    Optional<byte[]> ask(String question);
}
