package io.godwit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.godwit.collect.CollectionRequest;
import io.godwit.collect.CollectionResult;
import io.godwit.commit.Forgetting;
import io.godwit.commit.TestPlans;
import io.godwit.device.Extent;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackId;
import io.godwit.pack.PackNames;
import io.godwit.pack.SessionId;
import io.godwit.store.ObjectKey;
import io.godwit.volume.VolumeName;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What may happen to a backup while it runs, and what is left of it then.
@Timeout(120)
final class BackupDisturbedTest {
    private static final VolumeName OTHER = new VolumeName("other");
    private static final long REGION = 64L << 20;
    private static final int BLOCK = SparseImage.BLOCK;

    @TempDir Path directory;

    private final SplittableRandom random = new SplittableRandom(11);
    private final SparseImage image = new SparseImage(3 * REGION);
    private EngineFixture fixture;
    private Path source;
    private WatchedSource watched;

    @BeforeEach
    void begin() throws Exception {
        for (int region = 0; region < 3; region++) {
            image.write(region * REGION + 40_960, SparseImage.noise(random, 3_000_000));
        }
        source = image.save(directory.resolve("source"));
        fixture = EngineFixture.inDirectory(directory, "leaf");
        fixture.sources = path -> watched = new WatchedSource(path);
        watched = new WatchedSource(source.toString());
    }

    @AfterEach
    void end() {
        watched.close();
        assertThat(fixture.threadsLeft()).isEmpty();
        fixture.close();
    }

    private SessionId openSession() {
        List<ObjectKey> objects = fixture.keys("s/");
        return objects.stream()
                .filter(key -> key.value().endsWith("/open"))
                .map(TestPlans::session)
                .filter(
                        id ->
                                objects.stream()
                                        .noneMatch(
                                                key -> key.value().equals("s/" + id + "/outcome")))
                .findFirst()
                .orElseThrow();
    }

    private List<PackId> packs() {
        return fixture.keys("p/").stream()
                .map(key -> PackNames.parse(key).orElseThrow().pack())
                .toList();
    }

    /// Does something once, when the last region is read.
    private void inMidRun(Runnable action) {
        AtomicBoolean done = new AtomicBoolean();
        fixture.sources =
                path -> {
                    watched = new WatchedSource(path);
                    watched.beforeRead =
                            offset -> {
                                if (offset >= 2 * REGION && done.compareAndSet(false, true)) {
                                    action.run();
                                }
                            };
                    return watched;
                };
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- collectors

    @Test
    void storesAgainWhatAPlanCondemnsInMidRun() throws Exception {
        fixture.threads = 1;
        fixture.backup(source);
        List<PackId> condemned = packs();
        fixture.heartbeat = Duration.ofMillis(20);
        TestPlans plans = new TestPlans(fixture.repository.access());
        SessionId[] session = new SessionId[1];
        inMidRun(
                () -> {
                    session[0] = openSession();
                    plans.plan(1, condemned);
                    pause(300);
                });
        BackupResult result = fixture.backup(OTHER, source, EngineFixture.EVERYTHING);

        assertThat(fixture.keys(TestPlans.ack(session[0], 1).value())).hasSize(1);
        assertThat(result.changedBytes()).isEqualTo(image.dataBytes());
        condemned.forEach(pack -> fixture.store.delete(PackNames.key(pack, false)));
        fixture.assertRestores(result, image);
    }

    /// What the backup finds by look-up is forgotten and being collected.
    @Test
    void aCollectionInMidRunLosesNothing() throws Exception {
        fixture.threads = 1;
        BackupResult old = fixture.backup(source);
        fixture.repository
                .forgetting()
                .forget(
                        List.of(old.snapshot().orElseThrow()),
                        new Forgetting.Options(true, false, "test"));
        fixture.heartbeat = Duration.ofMillis(20);
        FutureTask<CollectionResult> collection = new FutureTask<>(this::collect);
        inMidRun(
                () -> {
                    new Thread(collection, "collector").start();
                    pause(300);
                });
        BackupResult result = fixture.backup(OTHER, source, EngineFixture.EVERYTHING);

        CollectionResult collected = collection.get(30, TimeUnit.SECONDS);
        assertThat(collected.condemnedPacks()).isPositive();
        assertThat(collected.waitedForSessions()).isEqualTo(1);
        assertThat(collected.fencedSessions()).isZero();
        fixture.assertRestores(result, image);
        collect();
        fixture.assertRestores(result, image);
    }

    private CollectionResult collect() {
        return fixture.repository.collect(
                new CollectionRequest(false, false, Duration.ofMinutes(10)),
                (pid, start) -> true,
                phase -> {});
    }

    @Test
    void storesAgainWhatVanishedBeforeTheCommit() throws Exception {
        fixture.threads = 1;
        fixture.backup(source);
        List<PackId> gone = packs();
        inMidRun(() -> gone.forEach(pack -> fixture.store.delete(PackNames.key(pack, false))));
        BackupResult result = fixture.backup(OTHER, source, EngineFixture.EVERYTHING);
        assertThat(result.changedBytes()).isEqualTo(image.dataBytes());
        fixture.assertRestores(result, image);
    }

    @ParameterizedTest
    @ValueSource(longs = {20, 30_000})
    void commitsNothingWhenFenced(long heartbeatMillis) throws Exception {
        fixture.heartbeat = Duration.ofMillis(heartbeatMillis);
        TestPlans plans = new TestPlans(fixture.repository.access());
        inMidRun(
                () -> {
                    plans.fence(openSession());
                    pause(200);
                });
        Throwable failure = catchThrowable(() -> fixture.backup(source));
        EngineFixture.assertKind(failure, FailureKind.FENCED);
        assertThat(fixture.snapshots()).isZero();
        assertThat(fixture.keys("snap/")).isEmpty();

        BackupResult again = fixture.backup(source);
        fixture.assertRestores(again, image);
    }

    // ---- interruptions and failures

    @Test
    void abortsWhenInterrupted() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        inMidRun(
                () -> {
                    reading.countDown();
                    pause(10_000);
                });
        EngineFixture.Background run =
                fixture.background(EngineFixture.DB, source, EngineFixture.EVERYTHING);
        assertThat(reading.await(60, TimeUnit.SECONDS)).isTrue();
        run.interrupt();
        Throwable failure = run.failure();
        assertThat(failure).isInstanceOf(InterruptedException.class);
        assertThat(fixture.snapshots()).isZero();
        assertThat(fixture.keys("s/").stream().filter(key -> key.value().endsWith("/outcome")))
                .hasSize(1);
        assertThat(fixture.threadsLeft()).isEmpty();

        long stored = fixture.store.putBytes.get();
        BackupResult again = fixture.backup(source);
        fixture.assertRestores(again, image);
        assertThat(fixture.store.putBytes.get() - stored).isLessThan(image.dataBytes() + 500_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void failsWhenTheStoreDoes(int goodPuts) throws Exception {
        fixture.threads = 3;
        SparseImage large = image.copy();
        large.resize(6 * REGION);
        for (int region = 3; region < 6; region++) {
            large.write(region * REGION, SparseImage.noise(random, 9_000_000));
        }
        Path largeSource = large.save(directory.resolve("large"));
        AtomicInteger puts = new AtomicInteger();
        fixture.store.beforePut =
                key -> {
                    if (key.value().startsWith("p/") && puts.getAndIncrement() >= goodPuts) {
                        throw new GodwitException(FailureKind.UNAVAILABLE, "disk full: planted");
                    }
                };
        Throwable failure = catchThrowable(() -> fixture.backup(largeSource));
        EngineFixture.assertKind(failure, FailureKind.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("disk full");
        assertThat(fixture.snapshots()).isZero();
        assertThat(fixture.threadsLeft()).isEmpty();

        fixture.store.beforePut = key -> {};
        BackupResult again = fixture.backup(largeSource);
        fixture.assertRestores(again, large);
    }

    @Test
    void failsWhenAnUploaderBreaks() {
        fixture.store.beforePut =
                key -> {
                    if (key.value().startsWith("p/")) {
                        throw new AssertionError("planted");
                    }
                };
        Throwable failure = catchThrowable(() -> fixture.backup(source));
        EngineFixture.assertKind(failure, FailureKind.INTERNAL);
        assertThat(fixture.snapshots()).isZero();
    }

    @Test
    void failsWhenAReaderBreaks() {
        inMidRun(
                () -> {
                    throw new AssertionError("planted");
                });
        Throwable failure = catchThrowable(() -> fixture.backup(source));
        EngineFixture.assertKind(failure, FailureKind.INTERNAL);
        assertThat(fixture.snapshots()).isZero();
    }

    // ---- sources that change or cannot be read

    @ParameterizedTest
    @ValueSource(longs = {REGION, 4 * REGION})
    void refusesASourceThatChangesItsSize(long newSize) {
        inMidRun(
                () -> {
                    try (RandomAccessFile file = new RandomAccessFile(source.toFile(), "rw")) {
                        file.setLength(newSize);
                    } catch (java.io.IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
        Throwable failure = catchThrowable(() -> fixture.backup(source));
        EngineFixture.assertKind(failure, FailureKind.FENCED);
        assertThat(failure).hasMessageContaining(newSize == REGION ? "shrank" : "grew");
        assertThat(fixture.snapshots()).isZero();
    }

    @Test
    void listsWhatCannotBeReadAndReadsItNextTime() throws Exception {
        long single = (REGION + 40_960) / BLOCK + 100;
        List<Long> bad = List.of(11L, 12L, 13L, single);
        fixture.sources =
                path -> {
                    watched = new WatchedSource(path);
                    watched.badBlocks.addAll(bad);
                    return watched;
                };
        BackupResult partial = fixture.backup(source);
        assertThat(partial.unreadable())
                .containsExactly(
                        new Extent(11 * BLOCK, 3 * BLOCK), new Extent(single * BLOCK, BLOCK));
        SparseImage holed = image.copy();
        bad.forEach(block -> holed.zero(block * BLOCK, BLOCK));
        fixture.assertRestores(partial, holed);

        fixture.sources = path -> watched = new WatchedSource(path);
        fixture.parent = new ParentChoice.Named(partial.snapshot().orElseThrow());
        ReadScope nothing = new ReadScope.Changed(image.size(), Optional.empty(), ExtentSet.EMPTY);
        BackupResult whole = fixture.backup(EngineFixture.DB, source, nothing);
        assertThat(whole.unreadable()).isEmpty();
        assertThat(whole.changedBytes()).isEqualTo(bad.size() * (long) BLOCK);
        assertThat(whole.readBytes()).isLessThan(2_000_000);
        fixture.assertRestores(whole, image);

        fixture.parent = new ParentChoice.Named(whole.snapshot().orElseThrow());
        assertThat(fixture.backup(EngineFixture.DB, source, nothing).readBytes()).isZero();
    }
}
