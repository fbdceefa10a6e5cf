package io.godwit.index;

/// The database below a cache failed. It never leaves this package: the cache goes on without the
/// database.
final class CacheFailure extends Exception {
    private final boolean corrupt;

    /// @param corrupt whether what is stored is damaged, so that it has to be discarded
    CacheFailure(String message, boolean corrupt, Throwable cause) {
        super(message, cause);
        this.corrupt = corrupt;
    }

    boolean corrupt() {
        return corrupt;
    }
}
