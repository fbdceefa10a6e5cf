package io.godwit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.store.ObjectKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whoever is interrupted while the store decides learns what it decided.
@Timeout(60)
final class CommitInterruptedTest {
    @TempDir Path directory;

    @Test
    void tellsOfASnapshotThatWasCommittedMeanwhile() throws Exception {
        Path source = Files.write(directory.resolve("source"), new byte[] {1, 2, 3});
        Thread runner = Thread.currentThread();
        AtomicBoolean deciding = new AtomicBoolean();
        AtomicBoolean hit = new AtomicBoolean();
        try (EngineFixture fixture = EngineFixture.inDirectory(directory, "leaf")) {
            fixture.store.beforePut = key -> deciding.compareAndSet(false, isOutcome(key));
            fixture.store.beforeRead =
                    key -> {
                        if (deciding.get() && hit.compareAndSet(false, true)) {
                            runner.interrupt();
                        }
                    };
            BackupResult result =
                    fixture.engine(EngineFixture.DB, source, EngineFixture.EVERYTHING).run();
            assertThat(Thread.interrupted()).as("still interrupted").isTrue();
            assertThat(hit).isTrue();
            assertThat(fixture.entry(result).sizeBytes()).isEqualTo(3);
        }
    }

    private static boolean isOutcome(ObjectKey key) {
        return key.value().endsWith("/outcome");
    }
}
