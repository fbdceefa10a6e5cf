package io.godwit.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.store.DiskTrace.Plant;
import io.godwit.store.Store.Put;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The power goes after every single step of a directory store: what was promised is there, and
/// nothing is there by half.
final class CrashConsistencyTest {
    private static final int VARIANTS = 8;

    @TempDir Path directory;
    @TempDir Path lefts;
    private Path root = Path.of("unset");

    /// What somebody was told, and when.
    ///
    /// @param begun steps when it was asked for
    /// @param told steps when it was answered
    private record Promise(ObjectKey key, boolean put, int begun, int told) {}

    private final List<Promise> promises = new ArrayList<>();
    private final Map<String, byte[]> contents = new HashMap<>();

    @BeforeEach
    void findRoot() throws IOException {
        root = directory.toRealPath();
    }

    private DiskTrace recorded(Plant plant) {
        DiskTrace trace = new DiskTrace(plant);
        Store store = open(RecordedFileSystem.record(root, trace));
        for (int i = 0; i < 10; i++) {
            String name = "p/%02x/object-%d".formatted(i % 3, i);
            put(store, trace, name, i == 7 ? 1_200_000 : 997 * i * i);
            if (i % 4 == 3) {
                delete(store, trace, name);
            }
        }
        put(store, trace, "p/00/object-0", 50);
        put(store, trace, "s/one/open", 300);
        put(store, trace, "s/one/outcome", 5000);
        delete(store, trace, "s/one/open");
        delete(store, trace, "s/one/outcome");
        return trace;
    }

    private static Store open(Path path) {
        return DirectoryStore.open(
                path, () -> Instant.parse("2026-11-22T10:00:00Z"), new Random(5));
    }

    private void put(Store store, DiskTrace trace, String name, int length) {
        byte[] content = new byte[length];
        new Random(name.hashCode()).nextBytes(content);
        int begun = trace.size();
        ObjectKey key = new ObjectKey(name);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocate(Math.max(length, 1), 4096).asSlice(0, length);
            segment.copyFrom(MemorySegment.ofArray(content));
            Put put = store.putIfAbsent(key, segment);
            synchronized (this) {
                if (put == Put.CREATED) {
                    contents.put(name, content);
                }
                promises.add(new Promise(key, true, begun, trace.size()));
            }
        }
    }

    private void delete(Store store, DiskTrace trace, String name) {
        int begun = trace.size();
        store.delete(new ObjectKey(name));
        promises.add(new Promise(new ObjectKey(name), false, begun, trace.size()));
    }

    /// What is wrong with the states after every step.
    private List<String> wrong(DiskTrace trace) {
        List<String> wrong = new ArrayList<>();
        for (int steps = 0; steps <= trace.size(); steps++) {
            for (int variant = 0; variant < VARIANTS; variant++) {
                SplittableRandom random = new SplittableRandom(steps * 1000L + variant);
                judge(CrashedDisk.after(trace, steps, root, random), steps, wrong);
            }
        }
        return wrong;
    }

    private void judge(CrashedDisk disk, int steps, List<String> wrong) {
        Map<String, byte[]> there = new HashMap<>();
        disk.files().forEach((path, bytes) -> there.put(path.toString(), bytes));
        there.forEach(
                (name, bytes) -> {
                    boolean whole = Arrays.equals(bytes, contents.get(name));
                    if (ObjectKey.wellFormed(name) && !whole) {
                        wrong.add("half an object after step %d: %s".formatted(steps, name));
                    }
                });
        for (Promise promise : promises) {
            String name = promise.key().value();
            boolean found = there.containsKey(name);
            if (promise.told() <= steps && promise.put() && !found && !deleted(name, steps)) {
                wrong.add("lost after step %d: %s".formatted(steps, name));
            }
            if (promise.told() <= steps && !promise.put() && found) {
                wrong.add("back after step %d: %s".formatted(steps, name));
            }
        }
    }

    private boolean deleted(String name, int steps) {
        return promises.stream()
                .anyMatch(
                        one ->
                                !one.put()
                                        && one.key().value().equals(name)
                                        && one.begun() <= steps);
    }

    @Test
    void everyPromiseOutlivesEveryCrash() {
        DiskTrace trace = recorded(Plant.NONE);
        assertThat(trace.size()).isGreaterThan(80);
        assertThat(wrong(trace)).isEmpty();
    }

    @Test
    void promisesToManyThreadsDoToo() throws Exception {
        DiskTrace trace = new DiskTrace(Plant.NONE);
        Store store = open(RecordedFileSystem.record(root, trace));
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                String name = "p/%02x/object-%d".formatted(i % 7, i % 30);
                running.add(threads.submit(() -> put(store, trace, name, 2000)));
            }
            for (Future<?> one : running) {
                one.get();
            }
        }
        assertThat(wrong(trace)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(value = Plant.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void eachMistakeIsFound(Plant plant) {
        assertThat(wrong(recorded(plant))).isNotEmpty();
    }

    /// What a crash left is a store like any other.
    @Test
    void whatIsLeftIsAStore() throws IOException {
        DiskTrace trace = recorded(Plant.NONE);
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 30; i++) {
            Path left = Files.createDirectory(lefts.resolve(Integer.toString(i)));
            int steps = random.nextInt(trace.size());
            CrashedDisk disk = CrashedDisk.after(trace, steps, root, random);
            disk.write(left);
            Store store = open(left);
            long whole =
                    disk.files().keySet().stream()
                            .filter(path -> ObjectKey.wellFormed(path.toString()))
                            .count();
            assertThat(store.list("", "", 1000).objects()).hasSize((int) whole);
            byte[] content = {1, 2, 3};
            ObjectKey key = new ObjectKey("p/00/later");
            assertThat(store.putIfAbsent(key, MemorySegment.ofArray(content)))
                    .isEqualTo(Put.CREATED);
            assertThat(store.get(key, 10)).contains(content);
        }
    }
}
