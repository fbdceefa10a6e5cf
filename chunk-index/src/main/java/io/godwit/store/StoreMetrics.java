package io.godwit.store;

/// What went through a store since it was opened.
///
/// @param puts that created an object
/// @param putBytes of those objects
/// @param existing puts that found the name taken
/// @param gets whole objects, ranges and tails that were asked for, found or not
/// @param gotBytes that came back
/// @param lists pages
/// @param listed objects in them
/// @param deletes calls
/// @param failures calls of any kind that ended with an exception
public record StoreMetrics(
        long puts,
        long putBytes,
        long existing,
        long gets,
        long gotBytes,
        long lists,
        long listed,
        long deletes,
        long failures) {
    /// What came on top since an earlier moment.
    public StoreMetrics since(StoreMetrics earlier) {
        return new StoreMetrics(
                puts - earlier.puts,
                putBytes - earlier.putBytes,
                existing - earlier.existing,
                gets - earlier.gets,
                gotBytes - earlier.gotBytes,
                lists - earlier.lists,
                listed - earlier.listed,
                deletes - earlier.deletes,
                failures - earlier.failures);
    }
}
