package io.godwit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.SnapshotId;
import io.godwit.copy.CopyResult;
import io.godwit.copy.CopyResult.Copied;
import io.godwit.device.Extent;
import io.godwit.device.TestSources;
import io.godwit.error.FailureKind;
import io.godwit.store.MemoryStore;
import io.godwit.volume.VolumeName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a copy is, and what it costs.
@Timeout(120)
final class CopyTest {
    private static final long REGION = 64L << 20;

    @TempDir Path directory;

    private final SplittableRandom random = new SplittableRandom(5);

    private EngineFixture repository(String name, String chunker) throws Exception {
        return Copies.repository(directory, name, new MemoryStore(), chunker);
    }

    private SparseImage image(long size) {
        SparseImage image = new SparseImage(size);
        image.write(4096, SparseImage.mixture(random, (int) Math.min(3_000_000, size - 4096)));
        for (long at = REGION; at < size - 600_000; at += REGION) {
            image.write(at - 300_000, SparseImage.mixture(random, 600_001));
        }
        return image;
    }

    @ParameterizedTest
    @CsvSource({
        "leaf,leaf,140012345",
        "leaf,gear:16KiB,70000001",
        "gear:16KiB,leaf,70000001",
        "leaf,fixed:64KiB,67108865",
        "fixed:4MiB,leaf,67108863",
        "leaf,leaf,4097"
    })
    void holdsWhatItsOriginalHeld(String from, String to, long size) throws Exception {
        SparseImage image = image(size);
        SparseImage later = image.copy();
        later.write(size / 2, SparseImage.noise(random, (int) Math.min(size / 2, 50_000)));
        later.zero(0, Math.min(200_000, size / 4));
        try (EngineFixture target = repository("target", to)) {
            try (EngineFixture source = repository("source", from)) {
                source.backup(image.save(directory.resolve("image")));
                source.backup(later.save(directory.resolve("image")));
                CopyResult result = Copies.verified(source, target);
                assertThat(result.copied()).hasSize(2).allMatch(Copied::fresh);
            }
            List<CatalogueEntry> copies = Copies.history(target);
            assertThat(copies).allMatch(copy -> copy.sizeBytes() == size);
            assertThat(copies).allMatch(copy -> copy.chunker().startsWith(to));
            Copies.assertHolds(target, copies.getFirst(), image);
            Copies.assertHolds(target, copies.getLast(), later);
        }
    }

    /// A volume that is empty, grows and shrinks, with ends anywhere.
    @ParameterizedTest
    @ValueSource(strings = {"leaf", "gear:16KiB"})
    void followsTheSizeOfAVolume(String chunker) throws Exception {
        SparseImage image = new SparseImage(0);
        List<SparseImage> states = new ArrayList<>();
        try (EngineFixture source = repository("source", "leaf");
                EngineFixture target = repository("target", chunker)) {
            for (long size : List.of(0L, 1L, 5000L, REGION + 4097, 2 * REGION, 70_001L, 4096L)) {
                image.resize(size);
                image.write(size - size / 3, SparseImage.noise(random, (int) (size / 3) % 9000));
                states.add(image.copy());
                source.backup(image.save(directory.resolve("image")));
            }
            assertThat(Copies.verified(source, target).copied()).hasSize(states.size());
            List<CatalogueEntry> copies = Copies.history(target);
            for (int i = 0; i < states.size(); i++) {
                assertThat(copies.get(i).sizeBytes()).isEqualTo(states.get(i).size());
                Copies.assertHolds(target, copies.get(i), states.get(i));
            }
        }
    }

    /// The same chunks as a backup would have stored, and nothing for holes.
    @Test
    void isWhatABackupWouldHaveMade() throws Exception {
        SparseImage image = image(3 * REGION + 77);
        Path file = image.save(directory.resolve("image"));
        try (EngineFixture source = repository("source", "fixed:64KiB");
                EngineFixture target = repository("target", "leaf")) {
            source.backup(file);
            Copies.all(source, target);
            BackupResult own = target.backup(new VolumeName("own"), file, EngineFixture.EVERYTHING);
            assertThat(own.newBytes()).isZero();
            CatalogueEntry copy = target.repository.catalogue().resolve("latest:db");
            assertThat(target.repository.readRoot(copy).tree().top().orElseThrow().content())
                    .isEqualTo(target.root(own).tree().top().orElseThrow().content());
        }
    }

    @Test
    void keepsWhatASnapshotSaysAboutItself() throws Exception {
        Path file = image(REGION).save(directory.resolve("image"));
        try (EngineFixture source = repository("source", "leaf");
                EngineFixture target = repository("target", "leaf")) {
            source.sources =
                    path -> {
                        WatchedSource watched = new WatchedSource(path);
                        watched.badBlocks.add(3L);
                        return watched;
                    };
            source.changeId = Optional.of("snap-42");
            CatalogueEntry original = source.entry(source.backup(file));
            Copies.all(source, target);
            CatalogueEntry copy = target.repository.catalogue().resolve("latest:db");
            assertThat(copy.snapshot()).isNotEqualTo(original.snapshot());
            assertThat(copy.time()).isEqualTo(original.time());
            assertThat(copy.tags()).isEqualTo(original.tags());
            assertThat(copy.changeId()).contains("snap-42");
            assertThat(target.repository.readRoot(copy).origin())
                    .isEqualTo(source.repository.readRoot(original).origin());
            List<Extent> unreadable =
                    target.repository.withMetadata(
                            reader -> Unreadable.of(target.repository.readRoot(copy), reader));
            assertThat(unreadable).containsExactly(new Extent(3 * 4096, 4096));
        }
    }

    @Test
    void aStreamStaysAStream() throws Exception {
        SparseImage image = image(3_000_001);
        Path file = image.saveFull(directory.resolve("image"));
        try (EngineFixture source = repository("source", "leaf");
                EngineFixture target = repository("target", "leaf")) {
            source.sources = path -> TestSources.stream(file);
            source.backup(file);
            Copies.all(source, target);
            CatalogueEntry copy = target.repository.catalogue().resolve("latest:db");
            assertThat(copy.chunker()).startsWith("gear");
            Copies.assertHolds(target, copy, image);
        }
    }

    @Test
    void sixtyIncrementsCostWhatTheyChange() throws Exception {
        SparseImage image = image(3 * REGION);
        List<SparseImage> states = new ArrayList<>();
        try (EngineFixture source = repository("source", "leaf");
                EngineFixture target = repository("target", "leaf")) {
            for (int i = 0; i < 60; i++) {
                image.write(random.nextLong(2 * REGION - 8192), SparseImage.noise(random, 8000));
                states.add(image.copy());
                source.backup(image.save(directory.resolve("image")));
            }
            CopyResult result = Copies.all(source, target);
            assertThat(result.copied()).hasSize(60);
            assertThat(result.readBytes()).isLessThan(states.getFirst().dataBytes() + 60 * 40_960);
            assertThat(target.store.putBytes.get())
                    .isLessThan(source.store.putBytes.get() * 11 / 10);
            List<CatalogueEntry> copies = Copies.history(target);
            for (int i = 1; i < 60; i++) {
                assertThat(copies.get(i).parent()).contains(copies.get(i - 1).snapshot());
            }
            Copies.assertHolds(target, copies.get(30), states.get(30));
            Copies.assertHolds(target, copies.get(59), states.get(59));

            long puts = target.store.puts.get();
            CopyResult again = Copies.all(source, target);
            assertThat(target.store.puts.get()).as("nothing is sent").isEqualTo(puts);
            assertThat(again.copied()).noneMatch(Copied::fresh);
            assertThat(again.copied().stream().map(Copied::target))
                    .isEqualTo(result.copied().stream().map(Copied::target).toList());
        }
    }

    /// Whatever came first, what lies between is a difference to a neighbour.
    @Test
    void anOlderSnapshotIsBuiltOnAYoungerOne() throws Exception {
        SparseImage image = image(2 * REGION);
        SparseImage later = image.copy();
        later.write(REGION + 4096, SparseImage.noise(random, 10_000));
        try (EngineFixture source = repository("source", "leaf");
                EngineFixture target = repository("target", "leaf")) {
            source.backup(image.save(directory.resolve("image")));
            source.backup(later.save(directory.resolve("image")));
            List<CatalogueEntry> originals = Copies.history(source);
            Copies.run(source, target, originals.subList(1, 2), true);
            CopyResult older = Copies.run(source, target, originals.subList(0, 1), true);
            assertThat(older.readBytes()).isLessThan(40_960);
            CatalogueEntry copy =
                    target.repository
                            .catalogue()
                            .resolve(older.copied().getFirst().target().orElseThrow().toString());
            Copies.assertHolds(target, copy, image);
        }
    }

    @Test
    void aCopyOfACopyIsKnownEverywhere() throws Exception {
        Path file = image(REGION).save(directory.resolve("image"));
        try (EngineFixture a = repository("a", "leaf");
                EngineFixture b = repository("b", "leaf");
                EngineFixture c = repository("c", "leaf")) {
            SnapshotId first = a.entry(a.backup(file)).snapshot();
            Copies.all(a, b);
            Copies.all(b, c);
            assertThat(Copies.all(a, c).copied()).noneMatch(Copied::fresh);
            assertThat(Copies.all(c, a).copied())
                    .singleElement()
                    .satisfies(copied -> assertThat(copied.target()).contains(first));
            assertThat(a.snapshots()).isOne();
        }
    }

    /// Somebody backs up to the target under the same name: one history, and no confusion.
    @Test
    void goesIntoAVolumeThatIsThere() throws Exception {
        SparseImage image = image(REGION);
        SparseImage other = image(REGION);
        try (EngineFixture source = repository("source", "leaf");
                EngineFixture target = repository("target", "leaf")) {
            source.backup(image.save(directory.resolve("image")));
            target.backup(other.save(directory.resolve("other")));
            CopyResult result = Copies.all(source, target);
            SnapshotId id = result.copied().getFirst().target().orElseThrow();
            Copies.assertHolds(target, target.repository.catalogue().resolve(id.toString()), image);
            assertThat(target.snapshots()).isEqualTo(2);
        }
    }

    @Test
    void aRepositoryIsNotCopiedOntoItself() throws Exception {
        try (EngineFixture source = repository("source", "leaf")) {
            source.backup(image(REGION).save(directory.resolve("image")));
            EngineFixture.assertKind(
                    catchThrowable(() -> Copies.all(source, source)), FailureKind.INVALID);
        }
    }
}
