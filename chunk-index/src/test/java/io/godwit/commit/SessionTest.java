package io.godwit.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.pack.ChunkRef;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SessionTest {
    private final TestRepository repository = new TestRepository();

    private List<String> names() {
        List<String> names = new ArrayList<>();
        new RecordStore(repository).list("", "", listed -> names.add(listed.key().value()));
        return names;
    }

    @Test
    void commitsWithAFewPuts() {
        Session session = repository.open();
        ChunkRef root = repository.upload(session);
        session.putIndexSegment(new byte[] {1, 2, 3});
        session.freeze();

        CommitResult result = session.commit(List.of(repository.entry("db", session.id(), root)));

        assertThat(result.published()).isTrue();
        CatalogueEntry entry = result.entries().getFirst();
        assertThat(names())
                .containsExactlyInAnyOrder(
                        "s/" + session.id() + "/open",
                        "s/" + session.id() + "/outcome",
                        "idx/l0/" + session.id() + "-00000000",
                        repository.packKey(root.record().pack(), false).value(),
                        CommitKeys.snapshot(
                                        repository.keyOf(entry.volume()),
                                        entry.time(),
                                        entry.snapshot())
                                .value());
        assertThat(repository.warned()).isEmpty();
    }

    @Test
    void refusesToCommitUnfrozen() {
        Session session = repository.open();
        ChunkRef root = repository.upload(session);
        List<CatalogueEntry> entries = List.of(repository.entry("db", session.id(), root));

        assertThatThrownBy(() -> session.commit(entries))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("freeze()");

        session.freeze();
        assertThat(session.commit(entries).entries()).hasSize(1);
    }
}
