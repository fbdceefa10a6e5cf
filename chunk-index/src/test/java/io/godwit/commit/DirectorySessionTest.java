package io.godwit.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.store.DirectoryStore;
import io.godwit.store.Store;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The whole protocol once over files.
final class DirectorySessionTest {
    @TempDir Path directory;

    @Test
    void livesThroughRoundsOfCollection() {
        try (Store store =
                DirectoryStore.open(directory.resolve("repo"), Instant::now, new Random(1))) {
            TestRepository repository = new TestRepository(store, 1);
            TestCollector collector = new TestCollector(repository);
            Catalogue catalogue = new Catalogue(repository, CatalogueMemory.none());
            assertThat(catalogue.read().entries()).isEmpty();

            CatalogueEntry first = repository.backup("db");
            CatalogueEntry second = repository.backup("db", Optional.of(first));
            Session running = repository.open();
            new Forgetting(repository, catalogue)
                    .forget(List.of(first.snapshot().toString()), Forgetting.Options.BY_ID);

            long round = collector.begin();
            assertThat(collector.waitingFor(round)).containsExactly(running.id());
            running.heartbeat();
            assertThat(collector.waitingFor(round)).isEmpty();
            collector.end(round);

            running.freeze();
            CatalogueEntry third =
                    running.commit(
                                    List.of(
                                            Entries.counted(
                                                    repository.entry(
                                                            "db", running.id(), second.root()),
                                                    3)))
                            .entries()
                            .getFirst();
            collector.collect();
            assertThat(catalogue.read().entries()).containsExactly(second, third);
            assertThat(catalogue.resolve("latest:db")).isEqualTo(third);
            assertThat(repository.open().id().plan()).isEqualTo(2);
            assertThat(repository.warned()).isEmpty();
        }
    }
}
