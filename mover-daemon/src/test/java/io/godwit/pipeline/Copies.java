package io.godwit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CatalogueView;
import io.godwit.copy.CopyEngine;
import io.godwit.copy.CopyProgress;
import io.godwit.copy.CopyRequest;
import io.godwit.copy.CopyResult;
import io.godwit.index.LocalCache;
import io.godwit.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Repositories of one test, and copies from one to another.
final class Copies {
    private Copies() {}

    /// A repository with keys of its own.
    static EngineFixture repository(Path directory, String name, Store store, String chunker)
            throws IOException {
        Path own = Files.createDirectories(directory.resolve(name));
        return EngineFixture.create(own, store, chunker, LocalCache.inMemory());
    }

    static CopyResult all(EngineFixture from, EngineFixture to) throws InterruptedException {
        return run(from, to, from.repository.catalogue().read().entries(), false);
    }

    static CopyResult verified(EngineFixture from, EngineFixture to) throws InterruptedException {
        return engine(from, to, from.repository.catalogue().read().entries(), false, true).run();
    }

    static CopyResult run(
            EngineFixture from, EngineFixture to, List<CatalogueEntry> chosen, boolean named)
            throws InterruptedException {
        CopyResult result = engine(from, to, chosen, named, false).run();
        assertThat(to.threadsLeft()).isEmpty();
        return result;
    }

    static CopyEngine engine(
            EngineFixture from,
            EngineFixture to,
            List<CatalogueEntry> chosen,
            boolean named,
            boolean verify) {
        return new CopyEngine(
                from.repository,
                to.repository,
                to.settings(),
                new CopyRequest(chosen, named, verify, false),
                new CopyProgress(),
                to.listener());
    }

    /// The snapshots of all volumes, oldest first.
    static List<CatalogueEntry> history(EngineFixture fixture) {
        return fixture.repository.catalogue().read().entries().stream()
                .sorted(CatalogueView.BY_AGE)
                .toList();
    }

    /// Restores a snapshot and compares it with the model, with its holes.
    static void assertHolds(EngineFixture fixture, CatalogueEntry entry, SparseImage image)
            throws IOException, InterruptedException {
        Path target = fixture.directory.resolve("restored");
        fixture.restore(fixture.request(entry.snapshot().toString(), target));
        assertThat(image.mismatch(target)).as("first wrong byte").isEqualTo(-1);
        Files.delete(target);
    }
}
