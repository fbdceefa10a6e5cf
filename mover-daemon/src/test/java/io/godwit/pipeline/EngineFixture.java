package io.godwit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.chunk.ChunkerSpec;
import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.HostIdentity;
import io.godwit.commit.ProcessTable;
import io.godwit.device.BlockSource;
import io.godwit.device.BlockSources;
import io.godwit.digest.Kernel;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.index.LocalCache;
import io.godwit.pack.Codec;
import io.godwit.repository.InitOptions;
import io.godwit.repository.LocalHost;
import io.godwit.repository.Repository;
import io.godwit.repository.Surroundings;
import io.godwit.restore.RestoreCounters;
import io.godwit.restore.RestoreEngine;
import io.godwit.restore.RestoreRequest;
import io.godwit.restore.RestoreResult;
import io.godwit.seal.Unlock;
import io.godwit.store.DirectoryStore;
import io.godwit.store.MemoryStore;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import io.godwit.volume.Root;
import io.godwit.volume.VolumeName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/// A repository in a directory or in memory, and the engines on it, run for real with a few
/// threads.
final class EngineFixture implements AutoCloseable {
    static final VolumeName DB = new VolumeName("db");
    static final ReadScope EVERYTHING = new ReadScope.Everything();
    private static final HostIdentity HERE =
            new HostIdentity("here", "boot", ProcessHandle.current().pid(), 1);
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    final Path directory;
    final HookedStore store;
    final Repository repository;
    final List<String> warnings = new CopyOnWriteArrayList<>();
    int threads = 2;
    Duration heartbeat = HeartbeatThread.INTERVAL;
    Function<String, BlockSource> sources = BlockSources::open;
    ProcessTable processes = (pid, start) -> true;
    ParentChoice parent = new ParentChoice.Auto();
    int auditBlocks;
    Optional<String> changeId = Optional.empty();
    boolean dryRun;
    RunProgress progress = new RunProgress();
    RestoreCounters progressOfRestore = new RestoreCounters();

    private final Unlock key;
    private final HostIdentity host;
    private final String threadName = "fixture-" + NUMBERS.incrementAndGet() + "-";
    private final AtomicInteger threadNumbers = new AtomicInteger();
    private final AtomicLong seconds;

    private EngineFixture(
            Path directory,
            HookedStore store,
            Unlock key,
            LocalCache cache,
            AtomicLong seconds,
            HostIdentity host) {
        this.host = host;
        this.directory = directory;
        this.store = store;
        this.key = key;
        this.seconds = seconds;
        this.repository =
                Repository.open(
                        store, key, _ -> cache, true, surroundings(seconds, warnings, host));
    }

    static EngineFixture inMemory(Path directory, String chunker) {
        return create(directory, new MemoryStore(), chunker, LocalCache.inMemory());
    }

    static EngineFixture inDirectory(Path directory, String chunker) {
        return create(
                directory,
                directoryStore(directory.resolve("repo")),
                chunker,
                LocalCache.inMemory());
    }

    static Store directoryStore(Path root) {
        return DirectoryStore.open(
                root, () -> Instant.parse("2026-11-22T10:00:00Z"), new Random(NUMBERS.get()));
    }

    static EngineFixture create(Path directory, Store below, String chunker, LocalCache cache) {
        HookedStore store = new HookedStore(below);
        Unlock key = keyFile(directory);
        AtomicLong seconds = new AtomicLong(Instant.parse("2026-11-22T10:00:00Z").getEpochSecond());
        Repository.init(
                store,
                new InitOptions(ChunkerSpec.parse(chunker), Codec.parse("zstd:1"), key),
                surroundings(seconds, new CopyOnWriteArrayList<>(), HERE));
        return new EngineFixture(directory, store, key, cache, seconds, HERE);
    }

    /// A repository that is there, a day after all that is in it.
    static EngineFixture dayAfter(Path directory, Store below) {
        return new EngineFixture(
                directory,
                new HookedStore(below),
                keyFile(directory),
                LocalCache.inMemory(),
                new AtomicLong(Instant.parse("2026-11-23T10:00:00Z").getEpochSecond()),
                HERE);
    }

    /// Runs a backup in a thread of its own.
    Background background(VolumeName volume, Path source, ReadScope scope) {
        return new Background(engine(volume, source, scope));
    }

    /// A backup under way.
    static final class Background {
        private final FutureTask<BackupResult> task;
        private final Thread thread;

        Background(BackupEngine engine) {
            task = new FutureTask<>(engine::run);
            thread = new Thread(task, "background");
            thread.start();
        }

        void interrupt() {
            thread.interrupt();
        }

        BackupResult result() throws Throwable {
            try {
                return task.get(60, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw java.util.Objects.requireNonNull(e.getCause());
            }
        }

        /// What it ended with; it must have failed.
        Throwable failure() throws Exception {
            try {
                task.get(60, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                return java.util.Objects.requireNonNull(e.getCause());
            }
            throw new AssertionError("backup did not fail");
        }
    }

    /// What a process of its own opens: the repository in a directory, with the cache of its node.
    static EngineFixture ofProcess(Path directory, Path cacheDirectory) {
        byte[] id = new byte[16];
        Clock now = Clock.systemUTC();
        EngineFixture fixture =
                new EngineFixture(
                        directory,
                        new HookedStore(directoryStore(directory.resolve("repo"))),
                        keyFile(directory),
                        LocalCache.open(cacheDirectory, id, message -> {}),
                        new AtomicLong(now.instant().getEpochSecond()),
                        LocalHost.of().identity());
        fixture.processes = LocalHost.of().processes();
        return fixture;
    }

    /// Another node with the same repository and a cache of its own.
    EngineFixture otherNode(LocalCache cache) {
        EngineFixture other = new EngineFixture(directory, store, key, cache, seconds, host);
        other.threads = threads;
        return other;
    }

    EngineFixture otherNode() {
        return otherNode(LocalCache.inMemory());
    }

    static Unlock keyFile(Path directory) {
        try {
            Path file = directory.resolve("key");
            byte[] secret = new byte[64];
            new Random(1).nextBytes(secret);
            return new Unlock.KeyFile(Files.write(file, secret));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Surroundings surroundings(
            AtomicLong seconds, List<String> warnings, HostIdentity host) {
        return new Surroundings(
                () -> Instant.ofEpochSecond(seconds.getAndIncrement()),
                System::nanoTime,
                new SecureRandom(),
                duration -> {},
                Thread.ofVirtual().factory(),
                host,
                (kind, message) -> warnings.add(kind + ": " + message));
    }

    // ---- runs

    MoverSettings settings() {
        return new MoverSettings(
                threads,
                400L << 20,
                Kernel.AUTO,
                0,
                directory.resolve("state"),
                "boot",
                threadFactory(),
                System::nanoTime,
                nanos -> Thread.sleep(Duration.ofNanos(nanos)),
                new Random(7));
    }

    private ThreadFactory threadFactory() {
        return task -> {
            Thread thread = new Thread(task, threadName + threadNumbers.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /// Threads of runs that still live.
    List<String> threadsLeft() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.startsWith(threadName))
                .toList();
    }

    RunListener listener() {
        return new RunListener() {
            @Override
            public void warning(String kind, String message) {
                warnings.add(kind + ": " + message);
            }

            @Override
            public void phase(String name, long totalBytes) {}
        };
    }

    BackupResult backup(Path source) throws InterruptedException {
        return backup(DB, source, EVERYTHING);
    }

    BackupResult backup(VolumeName volume, Path source, ReadScope scope)
            throws InterruptedException {
        progress = new RunProgress();
        BackupResult result = engine(volume, source, scope).run();
        assertThat(threadsLeft()).isEmpty();
        return result;
    }

    BackupEngine engine(VolumeName volume, Path source, ReadScope scope) {
        BackupRequest request =
                new BackupRequest(
                        volume,
                        source.toString(),
                        parent,
                        scope,
                        changeId,
                        auditBlocks,
                        Map.of(),
                        Optional.empty(),
                        dryRun);
        return new BackupEngine(
                repository,
                settings(),
                request,
                progress,
                listener(),
                new BackupEngine.Surroundings(sources, heartbeat, processes));
    }

    CatalogueEntry entry(BackupResult result) {
        return repository.catalogue().read().resolve(result.snapshot().orElseThrow());
    }

    Root root(BackupResult result) {
        return repository.readRoot(entry(result));
    }

    /// The digest of all that a snapshot's volume holds, wherever it is stored.
    String content(BackupResult result) {
        return root(result).tree().top().map(top -> top.content().toString()).orElse("hole");
    }

    static void assertKind(Throwable failure, FailureKind kind) {
        assertThat(failure).isInstanceOf(GodwitException.class);
        assertThat(((GodwitException) failure).kind()).as(failure.toString()).isEqualTo(kind);
    }

    int snapshots() {
        return repository.catalogue().read().entries().size();
    }

    List<ObjectKey> keys(String prefix) {
        return store.below().list(prefix, "", 100_000).objects().stream()
                .map(Store.Listed::key)
                .toList();
    }

    // ---- restores

    /// A restore with every choice at its default; `with` methods of the caller change it.
    RestoreRequest request(BackupResult result, Path target) {
        return request(result.snapshot().orElseThrow(), target);
    }

    RestoreRequest request(String snapshot, Path target) {
        return new RestoreRequest(
                repository.catalogue().read().resolve(snapshot),
                target.toString(),
                false,
                false,
                false,
                false,
                0,
                OptionalLong.empty(),
                true,
                List.of());
    }

    RestoreRequest delta(BackupResult result, Path target) {
        return new RestoreRequest(
                entry(result),
                target.toString(),
                true,
                false,
                false,
                false,
                0,
                OptionalLong.empty(),
                false,
                List.of());
    }

    RestoreRequest range(
            BackupResult result, Path target, long offset, long length, boolean verify) {
        return new RestoreRequest(
                entry(result),
                target.toString(),
                false,
                verify,
                false,
                false,
                offset,
                OptionalLong.of(length),
                true,
                List.of());
    }

    RestoreRequest verified(BackupResult result, Path target) {
        return new RestoreRequest(
                entry(result),
                target.toString(),
                false,
                true,
                true,
                false,
                0,
                OptionalLong.empty(),
                true,
                List.of());
    }

    /// Does harm.
    interface Spoiler {
        void spoil() throws IOException;
    }

    RestoreResult restore(RestoreRequest request) throws InterruptedException {
        return restore(request, "", () -> {});
    }

    /// Restores, and does harm when a phase begins.
    RestoreResult restore(RestoreRequest request, String phase, Spoiler spoiler)
            throws InterruptedException {
        RunListener spoiling =
                new RunListener() {
                    @Override
                    public void warning(String kind, String message) {}

                    @Override
                    public void phase(String name, long totalBytes) {
                        try {
                            if (name.equals(phase)) {
                                spoiler.spoil();
                            }
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    }
                };
        progressOfRestore = new RestoreCounters();
        RestoreResult result =
                new RestoreEngine(repository, settings(), request, progressOfRestore, spoiling)
                        .run();
        assertThat(threadsLeft()).isEmpty();
        return result;
    }

    /// Restores into a new file and compares it with the model.
    void assertRestores(BackupResult result, SparseImage image)
            throws IOException, InterruptedException {
        Path target = directory.resolve("restored-" + NUMBERS.incrementAndGet());
        RestoreResult restored = restore(request(result, target));
        assertThat(restored.badExtents()).isEmpty();
        assertThat(image.mismatch(target)).as("first wrong byte").isEqualTo(-1);
        Files.delete(target);
    }

    @Override
    public void close() {
        repository.close();
    }
}
