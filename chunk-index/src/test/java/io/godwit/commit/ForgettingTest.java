package io.godwit.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.commit.ScriptedStore.Fault;
import io.godwit.commit.ScriptedStore.Op;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.store.MemoryStore;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ForgettingTest {
    private final MemoryStore memory = new MemoryStore();
    private final ScriptedStore store = new ScriptedStore(memory);
    private final TestRepository repository = new TestRepository(store, 1);
    private final Catalogue catalogue = new Catalogue(repository, CatalogueMemory.none());
    private final Forgetting forgetting = new Forgetting(repository, catalogue);
    private final CatalogueEntry first = repository.backup("db");
    private final CatalogueEntry second = repository.backup("db", Optional.of(first));

    private Forgetting.Result forget(CatalogueEntry... entries) {
        return forgetting.forget(ids(entries), Forgetting.Options.BY_ID);
    }

    private static List<String> ids(CatalogueEntry... entries) {
        return List.of(entries).stream().map(entry -> entry.snapshot().toString()).toList();
    }

    private static FailureKind kind(Throwable e) {
        return ((GodwitException) e).kind();
    }

    @Test
    void forgets() {
        Forgetting.Result result = forget(first);
        assertThat(result.forgotten()).containsExactly(first);
        assertThat(result.kept()).containsExactly(second);
        assertThat(catalogue.read().entries()).containsExactly(second);
    }

    @Test
    void refusesToLeaveAVolumeEmpty() {
        assertThatThrownBy(() -> forget(first, second))
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.INVALID))
                .hasMessageContaining("volume=db");
        assertThat(catalogue.read().entries()).hasSize(2);

        forgetting.forget(ids(first, second), new Forgetting.Options(true, false, "test"));
        assertThat(catalogue.read().entries()).isEmpty();
        assertThat(catalogue.read().forgotten()).hasSize(2);
    }

    @Test
    void aDryRunDoesNothing() {
        long puts = store.count(Op.PUT, ".*");
        Forgetting.Result result =
                forgetting.forget(ids(first), new Forgetting.Options(false, true, "test"));
        assertThat(result.forgotten()).containsExactly(first);
        assertThat(store.count(Op.PUT, ".*")).isEqualTo(puts);
        assertThat(catalogue.read().entries()).hasSize(2);
    }

    @Test
    void checksEverythingBeforeTheFirst() {
        assertThatThrownBy(
                        () ->
                                forgetting.forget(
                                        List.of(first.snapshot().toString(), "nonsense"),
                                        Forgetting.Options.BY_ID))
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.NOT_FOUND));
        assertThat(catalogue.read().entries()).hasSize(2);
    }

    @Test
    void namingOneTwiceForgetsItOnce() {
        assertThat(forget(first, first).forgotten()).hasSize(1);
        assertThat(store.count(Op.PUT, "snap-del/.*")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void forgetsWhateverHappensToTheAnswer(Fault fault) {
        store.next(Op.PUT, "snap-del/.*", fault);
        forget(first);
        store.landLate();
        assertThat(catalogue.read().entries()).containsExactly(second);
    }

    @Test
    void whatIsForgottenIsNotFoundAgain() {
        forget(first);
        assertThatThrownBy(() -> forget(first))
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.NOT_FOUND));
    }

    @Test
    void twoAtOnceForgetOnce() {
        CatalogueView view = catalogue.read();
        forgetting.forget(view, java.util.Set.of(first), Forgetting.Options.BY_ID);
        forgetting.forget(view, java.util.Set.of(first), Forgetting.Options.BY_ID);
        assertThat(catalogue.read().forgotten()).containsExactly(first);
    }

    @Test
    void refusesWhatIsRetained() {
        Session session = repository.open();
        ChunkRef root = repository.upload(session);
        session.freeze();
        CatalogueEntry entry =
                Entries.retained(
                        Entries.counted(repository.entry("db", session.id(), root), 3),
                        repository.clock().instant().plusSeconds(60));
        CatalogueEntry retained = session.commit(List.of(entry)).entries().getFirst();
        assertThatThrownBy(() -> forget(retained))
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.INVALID))
                .hasMessageContaining("retained");

        repository.advance(java.time.Duration.ofSeconds(61));
        assertThat(forget(retained).forgotten()).containsExactly(retained);
    }
}
