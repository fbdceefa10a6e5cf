package io.godwit.store;

/// Opens the store behind a URL, with the decorators that belong to it.
public final class Stores {
    private Stores() {}

    /// Opens a store; that there is a repository in it is not looked at.
    ///
    /// What is counted is what was asked for; what is limited is what really went over the line, each attempt.
    ///
    /// @throws io.godwit.error.GodwitException `INVALID` for a scheme that is not offered
    public static MeteredStore open(StoreUrl url, StoreOptions options) {
        return switch (url) {
            case StoreUrl.Directory directory -> new MeteredStore(directory(directory, options));
            case StoreUrl.S3 s3 -> throw UrlSyntax.unknownScheme(s3.text());
        };
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
        return new RetryingStore(store, options.retry(), options.sleeper(), options.random());
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
