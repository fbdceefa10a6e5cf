package io.godwit.store;

/// Opens the store behind a URL, with the decorators that belong to it.
public final class Stores {
    private Stores() {}

    /// Opens buckets; what knows of them lies outside of this module.
    @FunctionalInterface
    public interface Buckets {
        /// The bare store, without decorators; that the bucket exists is not looked at.
        Store open(StoreUrl.S3 url);
    }

    /// Opens a store; that there is a repository in it is not looked at.
    ///
    /// What is counted is what was asked for; what is limited is what really went over the line,
    /// each attempt.
    ///
    /// @throws io.godwit.error.GodwitException `INVALID` for a place that cannot be one
    public static MeteredStore open(StoreUrl url, StoreOptions options, Buckets buckets) {
        return switch (url) {
            case StoreUrl.Directory directory -> new MeteredStore(directory(directory, options));
            case StoreUrl.S3 s3 -> new MeteredStore(retried(bucket(s3, options, buckets), options));
        };
    }

    /// The limit on requests lies below the one on bytes: who waits for bytes to be paid holds no
    /// request.
    private static Store bucket(StoreUrl.S3 url, StoreOptions options, Buckets buckets) {
        return limited(new AdaptiveStore(buckets.open(url), options.nanoTime()), options);
    }

    private static Store retried(Store store, StoreOptions options) {
        return new RetryingStore(store, options.retry(), options.sleeper(), options.random());
    }

    /// A local disk that fails once fails again at once, so only others are asked again.
    private static Store directory(StoreUrl.Directory url, StoreOptions options) {
        Store store =
                limited(
                        DirectoryStore.open(url.path(), options.clock(), options.random()),
                        options);
        if (!store.traits().singleHost()) {
            return store;
        }
        return retried(store, options);
    }

    private static Store limited(Store store, StoreOptions options) {
        if (options.uploadBytesPerSecond() == 0 && options.readBytesPerSecond() == 0) {
            return store;
        }
        return new RateLimitedStore(
                store,
                options.uploadBytesPerSecond(),
                options.readBytesPerSecond(),
                options.nanoTime(),
                options.sleeper());
    }
}
