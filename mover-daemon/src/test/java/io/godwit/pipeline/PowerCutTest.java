package io.godwit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.collect.CollectionRequest;
import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.Forgetting;
import io.godwit.index.LocalCache;
import io.godwit.store.CrashedDisk;
import io.godwit.store.DiskTrace;
import io.godwit.store.DiskTrace.Plant;
import io.godwit.store.RecordedFileSystem;
import io.godwit.volume.VolumeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The power goes in the midst of backups and collections in a directory: what was acknowledged is
/// whole, and work goes on. `-Dgodwit.crashes=N` looks at N moments, 0 at every one.
@Timeout(600)
final class PowerCutTest {
    private static final VolumeName MAIL = new VolumeName("mail");
    private static final int CRASHES = Integer.getInteger("godwit.crashes", 40);
    private static final CollectionRequest COLLECT =
            new CollectionRequest(false, false, Duration.ZERO);

    @TempDir Path directory;
    @TempDir Path lefts;
    private Path root = Path.of("unset");
    private final Map<String, SparseImage> images = new HashMap<>();
    private final Map<String, Integer> acknowledged = new HashMap<>();
    private final Map<String, Integer> forgetting = new HashMap<>();
    private final Map<String, Integer> forgotten = new HashMap<>();
    private int made;

    @BeforeEach
    void findRoot() throws IOException {
        root = Files.createDirectory(directory.resolve("repo")).toRealPath();
    }

    /// Backups, a snapshot that is forgotten, two collections.
    private DiskTrace recorded(Plant plant) throws Exception {
        DiskTrace trace = new DiskTrace(plant);
        try (EngineFixture fixture =
                EngineFixture.create(
                        directory,
                        EngineFixture.directoryStore(RecordedFileSystem.record(root, trace)),
                        "leaf",
                        LocalCache.inMemory())) {
            made = trace.size();
            SparseImage image = new SparseImage(3_000_000);
            SplittableRandom random = new SplittableRandom(5);
            image.write(0, SparseImage.noise(random, 1_400_000));
            String first = backUp(fixture, trace, EngineFixture.DB, image);
            image = image.copy();
            image.write(300_000, SparseImage.noise(random, 400_000));
            backUp(fixture, trace, EngineFixture.DB, image);
            forgetting.put(first, trace.size());
            fixture.repository.forgetting().forget(List.of(first), Forgetting.Options.BY_ID);
            forgotten.put(first, trace.size());
            backUp(fixture, trace, MAIL, image);
            fixture.repository.collect(COLLECT, fixture.processes, phase -> {});
            image = image.copy();
            image.write(900_000, SparseImage.noise(random, 200_000));
            backUp(fixture, trace, EngineFixture.DB, image);
            fixture.repository.collect(COLLECT, fixture.processes, phase -> {});
        }
        return trace;
    }

    private String backUp(
            EngineFixture fixture, DiskTrace trace, VolumeName volume, SparseImage image)
            throws IOException, InterruptedException {
        Path file = image.save(directory.resolve("image-" + images.size()));
        String id = fixture.backup(volume, file, EngineFixture.EVERYTHING).snapshot().orElseThrow();
        images.put(id, image);
        acknowledged.put(id, trace.size());
        return id;
    }

    private void judge(DiskTrace trace, int steps, int variant) throws Exception {
        SplittableRandom random = new SplittableRandom(steps * 1000L + variant);
        Path left = Files.createDirectory(lefts.resolve(steps + "-" + variant));
        CrashedDisk.after(trace, steps, root, random).write(left);
        try (EngineFixture fixture =
                EngineFixture.dayAfter(directory, EngineFixture.directoryStore(left))) {
            requireWhole(fixture, steps);
            SparseImage image = new SparseImage(3_000_000);
            image.write(100_000, SparseImage.noise(random, 500_000));
            Path file = image.save(lefts.resolve("next-image"));
            BackupResult next = fixture.backup(file);
            fixture.repository.collect(COLLECT, fixture.processes, phase -> {});
            fixture.assertRestores(next, image);
            images.put(next.snapshot().orElseThrow(), image);
            requireWhole(fixture, steps);
        }
        delete(left);
    }

    private void requireWhole(EngineFixture fixture, int steps) throws Exception {
        Set<String> there =
                fixture.repository.catalogue().read().entries().stream()
                        .map(CatalogueEntry::snapshot)
                        .map(Object::toString)
                        .collect(Collectors.toSet());
        acknowledged.forEach(
                (id, told) -> {
                    boolean may = told > steps || forgetting.getOrDefault(id, steps + 1) <= steps;
                    assertThat(may || there.contains(id)).as("lost: %s", id).isTrue();
                });
        forgotten.forEach(
                (id, told) ->
                        assertThat(told <= steps && there.contains(id))
                                .as("forgotten, and back: %s", id)
                                .isFalse());
        for (String id : there) {
            Path target = lefts.resolve("target");
            assertThat(images).containsKey(id);
            assertThat(fixture.restore(fixture.request(id, target)).badExtents()).isEmpty();
            assertThat(java.util.Objects.requireNonNull(images.get(id)).mismatch(target))
                    .as("first wrong byte")
                    .isEqualTo(-1);
            Files.delete(target);
        }
    }

    private static void delete(Path left) throws IOException {
        try (java.util.stream.Stream<Path> files = Files.walk(left)) {
            for (Path each : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    /// Spread over all steps, with another choice of what was lost for each.
    private List<Integer> moments(DiskTrace trace) {
        List<Integer> moments = new ArrayList<>();
        int all = trace.size() - made + 1;
        int count = CRASHES == 0 ? all : Math.min(all, CRASHES);
        for (int i = 0; i < count; i++) {
            moments.add(made + (int) ((long) i * all / count));
        }
        return moments;
    }

    @Test
    void everythingAcknowledgedIsWhole() throws Exception {
        DiskTrace trace = recorded(Plant.NONE);
        for (int steps : moments(trace)) {
            try {
                judge(trace, steps, 1);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("after step " + steps + " of " + trace.size(), e);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = Plant.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void eachMistakeIsFound(Plant plant) throws Exception {
        DiskTrace trace = recorded(plant);
        assertThatThrownBy(
                        () -> {
                            for (int variant = 0; variant < 20; variant++) {
                                for (int steps : moments(trace)) {
                                    judge(trace, steps, variant);
                                }
                            }
                        })
                .isInstanceOf(Throwable.class);
    }
}
