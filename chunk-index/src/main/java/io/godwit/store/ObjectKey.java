package io.godwit.store;

/// The name of an object below the repository's prefix: `/`-separated parts of `[a-z0-9._-]`, none empty,
/// none starting with a dot, at most 512 bytes in all. It is a legal relative path and a legal S3 key.
public record ObjectKey(String value) implements Comparable<ObjectKey> {
    private static final int MAX_LENGTH = 512;

    public ObjectKey {
        if (value.isEmpty() || value.length() > MAX_LENGTH || !wellFormed(value)) {
            throw new IllegalArgumentException("not an object key: '" + value + "'");
        }
    }

    private static boolean wellFormed(String value) {
        boolean partStarts = true;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            boolean inner = !partStarts && (c == '.' || c == '_' || c == '-' || c == '/');
            if (!letter && !inner) {
                return false;
            }
            partStarts = c == '/';
        }
        return !partStarts;
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
