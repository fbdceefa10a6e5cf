package io.godwit.store;

import java.util.Optional;

/// The name of an object below the repository's prefix: `/`-separated parts of `[a-z0-9._-]`, none
/// empty, each starting with a letter or digit and at most 255 bytes long, at most 512 bytes in
/// all. It is a legal relative path and a legal S3 key. No key is a directory of another: where `a`
/// is an object, `a/b` is none.
public record ObjectKey(String value) implements Comparable<ObjectKey> {
    private static final int MAX_LENGTH = 512;
    private static final int MAX_PART_LENGTH = 255;

    public ObjectKey {
        if (!wellFormed(value)) {
            throw new IllegalArgumentException("not an object key: '" + value + "'");
        }
    }

    static boolean wellFormed(String value) {
        if (value.length() > MAX_LENGTH) {
            return false;
        }
        int partStart = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            boolean inner = i > partStart && (c == '.' || c == '_' || c == '-' || c == '/');
            boolean tooLong = c != '/' && i - partStart >= MAX_PART_LENGTH;
            if (tooLong || !(letter || inner)) {
                return false;
            }
            if (c == '/') {
                partStart = i + 1;
            }
        }
        return partStart < value.length();
    }

    /// Whether a key could start with this text, or be it.
    public static boolean mayStartWith(String prefix) {
        return prefix.isEmpty() || wellFormed(prefix) || wellFormed(prefix + "0");
    }

    /// The key of this text, or empty when it is none: a name that somebody else gave.
    public static Optional<ObjectKey> of(String value) {
        return wellFormed(value) ? Optional.of(new ObjectKey(value)) : Optional.empty();
    }

    @Override
    public int compareTo(ObjectKey other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
