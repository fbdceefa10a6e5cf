package io.godwit.index;

/// Hears what is wrong with a local cache: one sentence each time, never a failure. The cache works
/// on without.
@FunctionalInterface
public interface CacheWarnings {
    void warn(String message);
}
