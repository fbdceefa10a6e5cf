package io.godwit.store;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;

/// The refusals that every store makes in the same words.
final class StoreFailures {
    private StoreFailures() {}

    static void checkOffset(long offset) {
        if (offset < 0) {
            throw new IllegalArgumentException("negative offset: " + offset);
        }
    }

    static void checkLimit(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit below 1: " + limit);
        }
    }

    static GodwitException tooLong(ObjectKey key, long length, int maxLength) {
        String facts = "object=" + key + " length=" + length + " limit=" + maxLength;
        return new GodwitException(
                        FailureKind.CORRUPT, "object is longer than its kind allows: " + facts)
                .withObject(key.value());
    }

    static GodwitException interrupted(String doing) {
        return new GodwitException(FailureKind.INTERRUPTED, "interrupted: doing=" + doing);
    }
}
