package io.godwit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.restore.RestoreResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Any history of edits and backups, whatever told what had changed: every snapshot reads back as
/// what was there.
final class BackupProperties {
    private static final int BLOCK = SparseImage.BLOCK;
    private static final long REGION = 64L << 20;

    @TempDir Path directory;

    /// One history.
    private final class History implements AutoCloseable {
        final RandomGenerator random;
        final EngineFixture fixture;
        final SparseImage image;
        final boolean leaf;
        final List<BackupResult> results = new ArrayList<>();
        final Map<String, SparseImage> images = new HashMap<>();

        History(long seed, String chunker, long size) {
            random = new SplittableRandom(seed);
            fixture = EngineFixture.inMemory(directory, chunker);
            leaf = !chunker.startsWith("gear");
            image = new SparseImage(size);
            for (int i = 0; i < 6; i++) {
                image.write(somewhere(), SparseImage.mixture(random, 1 + random.nextInt(900_000)));
            }
            image.write(Math.max(0, REGION - 500_000), SparseImage.mixture(random, 1_000_000));
        }

        /// Mostly near the start and the first region boundary, so that edits meet each other.
        long somewhere() {
            long span = Math.min(image.size(), 2_000_000);
            long at =
                    switch (random.nextInt(3)) {
                        case 0 -> random.nextLong(span);
                        case 1 ->
                                Math.max(
                                        0,
                                        Math.min(REGION, image.size())
                                                - 600_000
                                                + random.nextInt(900_000));
                        default -> Math.max(0, image.size() - 1 - random.nextLong(span));
                    };
            return Math.min(at, image.size() - 1);
        }

        void edit() {
            switch (random.nextInt(9)) {
                case 0, 1, 2 ->
                        image.write(
                                somewhere(), SparseImage.noise(random, 1 + random.nextInt(20_000)));
                case 3 ->
                        image.write(
                                somewhere() / BLOCK * BLOCK, SparseImage.mixture(random, 300_000));
                case 4 -> image.zero(somewhere(), 1 + random.nextInt(200_000));
                case 5 ->
                        image.zero(
                                somewhere() / BLOCK * BLOCK,
                                (long) BLOCK * (6 + random.nextInt(4)));
                case 6 -> {
                    long from = somewhere();
                    int length = (int) Math.min(400_000, image.size() - from);
                    image.write(
                            somewhere() / BLOCK * BLOCK, image.read(from / BLOCK * BLOCK, length));
                }
                case 7 -> image.resize(image.size() + 1 + random.nextInt(300_000));
                default -> image.resize(Math.max(1, image.size() - random.nextInt(200_000)));
            }
        }

        void step() throws Exception {
            for (int edits = random.nextInt(5); edits >= 0; edits--) {
                edit();
            }
            Path source = save("source-" + results.size());
            fixture.threads = 1 + random.nextInt(4);
            int kind = results.isEmpty() ? 0 : random.nextInt(5);
            Optional<BackupResult> base =
                    results.isEmpty() ? Optional.empty() : Optional.of(results.getLast());
            if (kind != 0 && random.nextInt(4) == 0) {
                base = Optional.of(results.get(random.nextInt(results.size())));
            }
            fixture.parent =
                    base.isEmpty() || random.nextInt(10) == 0 && kind < 2
                            ? new ParentChoice.None()
                            : new ParentChoice.Named(base.get().snapshot().orElseThrow());
            ReadScope scope =
                    switch (kind) {
                        case 0, 1 -> EngineFixture.EVERYTHING;
                        case 2 -> changes(base.orElseThrow(), 1);
                        case 3 -> changes(base.orElseThrow(), 16);
                        default -> new ReadScope.Allocated(allocated());
                    };
            BackupResult result = fixture.backup(EngineFixture.DB, source, scope);
            results.add(result);
            images.put(result.snapshot().orElseThrow(), image.copy());
            checkCounts(result);
            Files.delete(source);
        }

        private Path save(String name) throws IOException {
            Path file = directory.resolve(name);
            return random.nextBoolean() ? image.save(file) : image.saveFull(file);
        }

        private SparseImage at(Optional<String> snapshot) {
            return Objects.requireNonNull(images.get(snapshot.orElseThrow()));
        }

        private ReadScope.Changed changes(BackupResult base, int blocks) {
            ExtentSet.Builder extents = new ExtentSet.Builder();
            SparseImage old = at(base.snapshot());
            for (long number : image.differing(old)) {
                long first = number / blocks * blocks;
                long end =
                        Math.min(
                                (first + blocks) * BLOCK,
                                (image.size() + BLOCK - 1) / BLOCK * BLOCK);
                extents.add(first * BLOCK, end - first * BLOCK);
            }
            return new ReadScope.Changed(image.size(), Optional.empty(), extents.build());
        }

        private ExtentSet allocated() {
            ExtentSet.Builder extents = new ExtentSet.Builder();
            for (long number : image.differing(new SparseImage(image.size()))) {
                extents.add(number * BLOCK, BLOCK);
            }
            return extents.build();
        }

        private void checkCounts(BackupResult result) {
            SparseImage old =
                    result.parent().isPresent() ? at(result.parent()) : new SparseImage(0);
            Set<Long> differing = new TreeSet<>(image.differing(old));
            if (!leaf) {
                assertThat(result.changedBytes() > 0 || differing.isEmpty()).isTrue();
                return;
            }
            long exact = expected(differing);
            // Of the blocks in which either volume ends, only whole bytes are known to be equal.
            long slack = old.size() == image.size() ? 0 : 2 * BLOCK;
            assertThat(result.changedBytes())
                    .as("changed bytes of " + result)
                    .isBetween(exact - slack, exact + slack);
        }

        private long expected(Set<Long> differing) {
            long sum = 0;
            for (long number : differing) {
                sum += Math.min(BLOCK, image.size() - number * BLOCK);
            }
            return sum;
        }

        /// Every way to get a snapshot back.
        void check() throws Exception {
            Path delta = directory.resolve("delta");
            for (BackupResult result : results) {
                SparseImage expected = at(result.snapshot());
                fixture.assertRestores(result, expected);
                RestoreResult onto = fixture.restore(fixture.delta(result, delta));
                assertThat(onto.badExtents()).isEmpty();
                assertThat(expected.mismatch(delta)).as("delta").isEqualTo(-1);

                long from = random.nextLong(expected.size());
                long length = 1 + random.nextLong(expected.size() - from);
                Path part = directory.resolve("part");
                RestoreResult some =
                        fixture.restore(fixture.range(result, part, from, length, true));
                assertThat(some.badExtents()).isEmpty();
                assertThat(expected.mismatch(part, from, from + length)).as("range").isEqualTo(-1);
            }
        }

        void checkUnchanged() throws Exception {
            Path source = image.save(directory.resolve("again"));
            fixture.parent = new ParentChoice.Auto();
            fixture.backup(source);
            long stored = fixture.store.putBytes.get();
            BackupResult again = fixture.backup(source);
            assertThat(again.changedBytes()).isZero();
            assertThat(again.newBytes()).isZero();
            assertThat(fixture.store.putBytes.get() - stored).isLessThan(12_000);
        }

        @Override
        public void close() {
            fixture.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1,leaf",
        "2,leaf",
        "3,leaf",
        "4,leaf",
        "5,leaf",
        "6,leaf",
        "7,gear:8KiB",
        "8,gear",
        "9,fixed:4KiB",
        "10,fixed",
        "11,fixed:4MiB"
    })
    void everySnapshotReadsBack(long seed, String chunker) throws Exception {
        long size = seed % 2 == 0 ? REGION + 700_001 : 2_500_000 + seed * 1111;
        try (History history = new History(seed, chunker, size)) {
            for (int step = 0; step < 9; step++) {
                history.step();
            }
            history.check();
            history.checkUnchanged();
        }
    }

    /// However many threads do it, and whatever zeros the file system stores, a volume is cut
    /// alike.
    @ParameterizedTest
    @CsvSource({"21,leaf", "22,leaf", "23,gear:16KiB", "24,fixed:64KiB"})
    void cutsAlikeOnAnyNumberOfThreads(long seed, String chunker) throws Exception {
        RandomGenerator random = new SplittableRandom(seed);
        SparseImage image = new SparseImage(3 * REGION + 4321);
        for (int i = 0; i < 40; i++) {
            image.write(random.nextLong(image.size()), SparseImage.mixture(random, 700_000));
        }
        for (int i = 0; i < 40; i++) {
            long block = random.nextLong(image.size() / BLOCK);
            image.write(block * BLOCK, SparseImage.noise(random, BLOCK * 40));
            image.zero((block + 3) * BLOCK, (long) BLOCK * (5 + random.nextInt(5)));
        }
        List<String> contents = new ArrayList<>();
        Path sparse = image.save(directory.resolve("sparse"));
        Path full = image.saveFull(directory.resolve("full"));
        try (EngineFixture fixture = EngineFixture.inMemory(directory, chunker)) {
            fixture.parent = new ParentChoice.None();
            for (int threads : new int[] {1, 2, 4}) {
                fixture.threads = threads;
                contents.add(fixture.content(fixture.backup(sparse)));
                contents.add(fixture.content(fixture.backup(full)));
            }
        }
        assertThat(Set.copyOf(contents)).as("digests of one content").hasSize(1);
    }
}
