package io.godwit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `kill -9` in the midst of things, and the same command again.
@Timeout(300)
final class KilledProcessTest {
    private static final long REGION = 64L << 20;

    @TempDir Path directory;

    private final SparseImage image = new SparseImage(5 * REGION);
    private Path source;

    @BeforeEach
    void begin() throws Exception {
        SplittableRandom random = new SplittableRandom(17);
        for (int region = 0; region < 5; region++) {
            image.write(region * REGION + 4096, SparseImage.noise(random, 18_000_000));
        }
        source = image.save(directory.resolve("source"));
        EngineFixture.inDirectory(directory, "leaf").close();
    }

    private Path cache(String name) {
        return directory.resolve("cache-" + name);
    }

    private Path answer(String name) {
        return directory.resolve("answer-" + name);
    }

    /// Bytes of whole objects in the repository.
    private long stored() throws Exception {
        try (Stream<Path> files = Files.walk(directory.resolve("repo").resolve("p"))) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (java.io.UncheckedIOException | java.nio.file.NoSuchFileException vanished) {
            return 0;
        }
    }

    private void killOnceStored(Process process, long bytes) throws Exception {
        while (process.isAlive() && stored() < bytes) {
            Thread.sleep(10);
        }
        process.destroyForcibly().waitFor();
    }

    /// With the cache of the killed process, and with that of another node of the host.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSecondRunUploadsOnlyTheRest(boolean sameCache) throws Exception {
        Process first =
                EngineProcess.start(
                        directory, cache("a"), answer("first"), "backup", "db", source.toString());
        killOnceStored(first, 34_000_000);
        assertThat(answer("first")).doesNotExist();
        long before = stored();

        Path cache = sameCache ? cache("a") : cache("b");
        Process second =
                EngineProcess.start(
                        directory, cache, answer("second"), "backup", "db", source.toString());
        String[] words = EngineProcess.answer(second, answer("second"));
        assertThat(Long.parseLong(words[1])).isLessThan(image.dataBytes() - before + 3_000_000);
        assertThat(stored()).isLessThan(image.dataBytes() * 102 / 100 + 1_000_000);
        assertRestores(words[0]);
    }

    private void assertRestores(String snapshot) throws Exception {
        try (EngineFixture fixture = EngineFixture.ofProcess(directory, cache("restore"))) {
            Path target = directory.resolve("whole-" + snapshot);
            fixture.restore(fixture.request(snapshot, target));
            assertThat(image.mismatch(target)).isEqualTo(-1);
            Files.delete(target);
        }
    }

    @Test
    void aBackupKilledAnywhereCanBeRunAgain() throws Exception {
        SplittableRandom random = new SplittableRandom(23);
        for (int attempt = 0; attempt < 4; attempt++) {
            Process killed =
                    EngineProcess.start(
                            directory,
                            cache("a"),
                            answer("killed-" + attempt),
                            "backup",
                            "db",
                            source.toString());
            killed.waitFor(300 + random.nextInt(2500), TimeUnit.MILLISECONDS);
            killed.destroyForcibly().waitFor();
        }
        Process last =
                EngineProcess.start(
                        directory, cache("a"), answer("last"), "backup", "db", source.toString());
        assertRestores(EngineProcess.answer(last, answer("last"))[0]);
    }

    @Test
    void aKilledRestoreGoesOn() throws Exception {
        String snapshot;
        try (EngineFixture fixture = EngineFixture.ofProcess(directory, cache("a"))) {
            snapshot = fixture.backup(source).snapshot().orElseThrow();
        }
        Path target = directory.resolve("target");
        Process killed =
                EngineProcess.start(
                        directory,
                        cache("b"),
                        answer("one"),
                        "restore",
                        snapshot,
                        target.toString());
        Path state = directory.resolve("state");
        while (killed.isAlive() && journalled(state) < 2) {
            Thread.sleep(2);
        }
        killed.destroyForcibly().waitFor();
        Process again =
                EngineProcess.start(
                        directory,
                        cache("b"),
                        answer("two"),
                        "restore",
                        snapshot,
                        target.toString());
        String[] words = EngineProcess.answer(again, answer("two"));
        if (!Files.exists(answer("one"))) {
            assertThat(Long.parseLong(words[1])).isGreaterThanOrEqualTo(2 * REGION);
        }
        assertThat(image.mismatch(target)).isEqualTo(-1);
    }

    private static long journalled(Path state) throws Exception {
        if (!Files.exists(state)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(state)) {
            long lines = 0;
            for (Path file : files.toList()) {
                lines +=
                        Files.readAllLines(file).stream()
                                .filter(line -> line.endsWith("."))
                                .count();
            }
            return lines;
        } catch (java.nio.file.NoSuchFileException finished) {
            return 99;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void processesBackUpAtOnce(boolean oneCache) throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Path cache = cache(oneCache ? "common" : "own-" + i);
            processes.add(
                    EngineProcess.start(
                            directory,
                            cache,
                            answer("p" + i),
                            "backup",
                            "volume-" + i,
                            source.toString()));
        }
        for (int i = 0; i < 4; i++) {
            assertRestores(EngineProcess.answer(processes.get(i), answer("p" + i))[0]);
        }
    }
}
