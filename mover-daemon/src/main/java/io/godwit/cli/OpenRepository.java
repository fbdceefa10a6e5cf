package io.godwit.cli;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.index.LocalCache;
import io.godwit.repository.InitOptions;
import io.godwit.repository.Initialised;
import io.godwit.repository.LocalHost;
import io.godwit.repository.Repository;
import io.godwit.repository.Surroundings;
import io.godwit.s3.S3Store;
import io.godwit.seal.Unlock;
import io.godwit.store.MeteredStore;
import io.godwit.store.RetryPolicy;
import io.godwit.store.StoreOptions;
import io.godwit.store.StoreUrl;
import io.godwit.store.Stores;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// From the options of a call to an open repository, and to its end: store, keys, cache.
final class OpenRepository implements AutoCloseable {
    private static final String VARIABLE = "GODWIT_REPO";

    private final MeteredStore store;
    private final Repository repository;

    private OpenRepository(MeteredStore store, Repository repository) {
        this.store = store;
        this.repository = repository;
    }

    /// Which index cache a command works with.
    enum Cache {
        /// The node's own, on disk.
        KEPT,
        /// None that outlives the command: for those that look nothing up, and shall start at once.
        NONE
    }

    /// @param writable whether the command may create objects
    static OpenRepository open(Task task, Output output, Cache cache, boolean writable) {
        Outside outside = task.outside();
        GlobalOptions options = task.options();
        Supplier<Unlock> unlock = () -> new Unlocking(outside, options).existing();
        return open(outside, options, unlock, output, cache, writable);
    }

    /// @param options that name the repository
    /// @param unlock asked when the store is open: nobody types a password for nothing
    static OpenRepository open(
            Outside outside,
            GlobalOptions options,
            Supplier<Unlock> unlock,
            Output output,
            Cache cache,
            boolean writable) {
        MeteredStore store = store(outside, options);
        try {
            Function<byte[], LocalCache> kept =
                    id ->
                            LocalCache.open(
                                    Places.of(outside, options, output).cache(),
                                    id,
                                    message -> output.warning("cache", message));
            Function<byte[], LocalCache> opener =
                    switch (cache) {
                        case KEPT -> kept;
                        case NONE -> id -> LocalCache.inMemory();
                    };
            Repository repository =
                    Repository.open(
                            store, unlock.get(), opener, writable, surroundings(outside, output));
            if (cache == Cache.NONE) {
                byte[] id = repository.keys().repositoryId();
                repository.lookInto(() -> kept.apply(id));
            }
            return new OpenRepository(store, repository);
        } catch (RuntimeException | Error failure) {
            store.close();
            throw failure;
        }
    }

    static Initialised init(Task task, Output output, InitOptions options) {
        try (MeteredStore store = store(task)) {
            return Repository.init(store, options, surroundings(task.outside(), output));
        }
    }

    /// The store alone, without looking for a repository in it.
    static MeteredStore store(Task task) {
        return store(task.outside(), task.options());
    }

    private static MeteredStore store(Outside outside, GlobalOptions options) {
        return Stores.open(
                url(outside, options),
                new StoreOptions(
                        rate("--limit-upload", options.limitUpload),
                        0,
                        RetryPolicy.DEFAULT,
                        outside.clock(),
                        outside.nanoTime(),
                        outside.sleeper(),
                        outside.random().get()),
                bucket -> S3Store.open(bucket, outside.clock(), outside.threads()));
    }

    private static long rate(String option, @Nullable String text) {
        return text == null ? 0 : ByteSize.parseRate(option, text);
    }

    static boolean isNamed(Outside outside, GlobalOptions options) {
        return options.repo != null || outside.environment().containsKey(VARIABLE);
    }

    static StoreUrl url(Outside outside, GlobalOptions options) {
        String given =
                options.repo != null
                        ? options.repo
                        : outside.environment().getOrDefault(VARIABLE, "");
        if (given.isEmpty()) {
            throw new GodwitException(FailureKind.INVALID, "no repository is given")
                    .withHint("use -r URL or GODWIT_REPO");
        }
        return StoreUrl.parse(given);
    }

    static Surroundings surroundings(Outside outside, Output output) {
        return new Surroundings(
                outside.clock(),
                outside.nanoTime(),
                outside.random().get(),
                outside.sleeper(),
                outside.threads(),
                LocalHost.of().identity(),
                (kind, message) -> output.warning(kind.toString(), message));
    }

    Repository repository() {
        return repository;
    }

    @Override
    public void close() {
        try {
            repository.close();
        } finally {
            store.close();
        }
    }
}
