package io.godwit.format;

/// How the key of an object's content is found; a byte of its header.
public enum KeyKind {
    /// From the secrets of the key generation that the header names.
    GENERATION(0),
    /// Reserved: sealed to a recipient that the key blob names. No version 1 object has it.
    RECIPIENT(1),
    /// The content says it itself, or is not sealed: the configuration, key slots, key rings, local
    /// files.
    OWN(2);

    private final int code;

    KeyKind(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
