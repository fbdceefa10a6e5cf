package io.godwit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.commit.CatalogueEntry;
import io.godwit.copy.CopyEngine;
import io.godwit.copy.CopyProgress;
import io.godwit.copy.CopyRequest;
import io.godwit.copy.CopyResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CopyTest {
    private static final long REGION = 64L << 20;

    @TempDir Path directory;

    private EngineFixture fixture(String name, String chunker) throws Exception {
        return EngineFixture.inMemory(Files.createDirectories(directory.resolve(name)), chunker);
    }

    static CopyResult copy(EngineFixture from, EngineFixture to) throws InterruptedException {
        CopyRequest request =
                new CopyRequest(from.repository.catalogue().read().entries(), false, false, false);
        return new CopyEngine(
                        from.repository,
                        to.repository,
                        to.settings(),
                        request,
                        new CopyProgress(),
                        to.listener())
                .run();
    }

    @Test
    void copiesAnImage() throws Exception {
        SplittableRandom random = new SplittableRandom(3);
        SparseImage image = new SparseImage(3 * REGION + 12345);
        image.write(4096, SparseImage.noise(random, 3_000_000));
        image.write(2 * REGION - 500_000, SparseImage.noise(random, 1_000_001));
        try (EngineFixture from = fixture("from", "leaf");
                EngineFixture to = fixture("to", "leaf")) {
            BackupResult original = from.backup(image.save(directory.resolve("image")));
            CopyResult result = copy(from, to);
            assertThat(result.copied()).hasSize(1);
            CatalogueEntry made =
                    to.repository
                            .catalogue()
                            .read()
                            .resolve(result.copied().getFirst().target().orElseThrow().toString());
            assertThat(made.sizeBytes()).isEqualTo(original.sizeBytes());
            Path target = directory.resolve("restored");
            to.restore(to.request(made.snapshot().toString(), target));
            assertThat(image.mismatch(target)).isEqualTo(-1);
            long puts = to.store.puts.get();
            assertThat(copy(from, to).copied().getFirst().fresh()).isFalse();
            assertThat(to.store.puts.get()).isEqualTo(puts);
        }
    }
}
