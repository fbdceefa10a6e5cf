package io.godwit.error;

import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// A failure that was understood: its [kind][FailureKind] decides the exit code and whether
/// anything retries.
///
/// The message is one sentence in lower case with the facts at its end
/// (`pack footer checksum mismatch: pack=ab12 offset=4096`) and never holds a secret. Object,
/// offset and hint are the same facts for programs. They are set where the exception is made,
/// before it is thrown:
///
/// ```java
/// throw new GodwitException(CORRUPT, "pack footer checksum mismatch: pack=" + id)
///         .withObject(key)
///         .withOffset(4096)
///         .withHint("run godwit verify");
/// ```
///
/// Adapters translate a vendor's failures into this one; nothing else catches a vendor's exception.
public final class GodwitException extends RuntimeException {
    private final FailureKind kind;
    private @Nullable String object;
    private @Nullable Long offset;
    private @Nullable String hint;

    public GodwitException(FailureKind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public GodwitException(FailureKind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public FailureKind kind() {
        return kind;
    }

    /// The stored object, file or device that it is about.
    public Optional<String> object() {
        return Optional.ofNullable(object);
    }

    /// Where in that object, in bytes from its start.
    public OptionalLong offset() {
        return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
    }

    /// What to do about it, in one sentence.
    public Optional<String> hint() {
        return Optional.ofNullable(hint);
    }

    public GodwitException withObject(String name) {
        object = name;
        return this;
    }

    public GodwitException withOffset(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("negative offset: " + bytes);
        }
        offset = bytes;
        return this;
    }

    public GodwitException withHint(String sentence) {
        hint = sentence;
        return this;
    }
}
