package io.godwit.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.store.MemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What collections fold into checkpoints, and take out of `s/`, `snap/` and `snap-del/`.
final class CheckpointRecordsTest {
    private static final int INLINE = 4;
    private static final int SEGMENT = 4;

    private final MemoryStore store = new MemoryStore();
    private final TestRepository repository = new TestRepository(store, 1);
    private final Catalogue catalogue = new Catalogue(repository, CatalogueMemory.none());
    private final CheckpointRecords checkpoints =
            new CheckpointRecords(repository, INLINE, SEGMENT);
    private final CataloguePruning pruning = new CataloguePruning(repository);
    private long round;

    private Set<SnapshotId> live() {
        return catalogue.read().entries().stream()
                .map(CatalogueEntry::snapshot)
                .collect(Collectors.toSet());
    }

    private List<CatalogueEntry> chain(String volume, int count) {
        List<CatalogueEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Optional<CatalogueEntry> parent =
                    entries.isEmpty() ? Optional.empty() : Optional.of(entries.getLast());
            entries.add(repository.backup(volume, parent));
        }
        return entries;
    }

    private void forget(CatalogueEntry entry) {
        new Forgetting(repository, catalogue)
                .forget(
                        List.of(entry.snapshot().toString()),
                        new Forgetting.Options(true, false, "test"));
    }

    /// G6 of a round in which no session is open, without packs.
    private Checkpoint fold() {
        round++;
        new TestRounds(repository).plan(round);
        new TestRounds(repository).sweep(round);
        Set<SnapshotId> before = live();
        CatalogueView view = catalogue.read();
        Checkpoint published = checkpoints.publish(round, round, view, view.entries());
        assertThat(checkpoints.publish(round, 0, view, List.of())).isEqualTo(published);
        assertThat(live()).isEqualTo(before);
        new SessionRecords(repository).cleanUp(published.floor());
        assertThat(live()).isEqualTo(before);
        pruning.below(published);
        assertThat(live()).isEqualTo(before);
        pruning.checkpoints(round);
        assertThat(live()).isEqualTo(before);
        assertThat(store.list("s", "", 10).objects()).isEmpty();
        return published;
    }

    private long segments() {
        return store.list(CommitKeys.SEGMENTS, "", 1000).objects().size();
    }

    @Test
    void littleStandsInTheCheckpointItself() {
        List<CatalogueEntry> entries = chain("db", 3);
        assertThat(fold().segments()).isEmpty();
        forget(entries.getFirst());
        Checkpoint second = fold();

        assertThat(second.inline().volumes().getFirst().live())
                .as("newest first")
                .containsExactly(entries.get(2), entries.get(1));
        assertThat(second.inline().volumes().getFirst().counter()).isEqualTo(3);
    }

    @Test
    void muchStandsInSegmentsThatStay() {
        chain("a", 3);
        List<CatalogueEntry> b = chain("b", 3);
        Checkpoint first = fold();
        assertThat(first.segments()).hasSize(2);
        assertThat(first.inline()).isEqualTo(CheckpointSegment.EMPTY);

        repository.backup("b", Optional.of(b.getLast()));
        Checkpoint second = fold();
        assertThat(second.segments()).isEqualTo(first.segments());
        assertThat(second.inline().volumes()).hasSize(1);
        assertThat(second.inline().volumes().getFirst().live()).hasSize(1);
        assertThat(second.inline().volumes().getFirst().counter()).isEqualTo(4);

        forget(b.getFirst());
        Checkpoint third = fold();
        assertThat(third.segments()).containsExactly(first.segments().getFirst());
        assertThat(third.inline().volumes().getFirst().live()).hasSize(3);
        assertThat(live()).hasSize(6);

        chain("c", 4);
        assertThat(fold().segments()).hasSize(3).doesNotContainAnyElementsOf(first.segments());
        assertThat(live()).hasSize(10);
    }

    @Test
    void segmentsThatNobodyNamesGo() {
        chain("a", 5);
        fold();
        for (int i = 0; i < 5; i++) {
            chain("v" + i, 4);
            fold();
        }
        assertThat(store.list(CommitKeys.CHECKPOINTS, "", 3).objects())
                .allMatch(listed -> CommitKeys.checkpointRound(listed.key()).isPresent());
        assertThat(segments()).isEqualTo(4 + 5 + 6);
        assertThat(live()).hasSize(25);
    }

    @Test
    void aSessionThatIsOpenKeepsTheFloorDown() {
        chain("db", 2);
        Session open = repository.open();
        round++;
        new TestRounds(repository).plan(round);
        CatalogueView view = catalogue.read();
        Checkpoint published = checkpoints.publish(round, open.id().plan(), view, view.entries());

        assertThat(published.floor()).isZero();
        assertThat(published.inline().volumes()).isEmpty();
        new SessionRecords(repository).cleanUp(published.floor());
        pruning.below(published);
        assertThat(live()).hasSize(2);
        assertThat(store.list(CommitKeys.SNAPSHOTS, "", 10).objects()).hasSize(2);
        assertThat(new SessionRecords(repository).undecided())
                .extracting(SessionRecords.Undecided::id)
                .containsExactly(open.id());
        open.close();
        fold();
        assertThat(live()).hasSize(2);
        assertThat(store.list(CommitKeys.SNAPSHOTS, "", 10).objects()).isEmpty();
    }

    @Test
    void aTombstoneStaysUntilACheckpointLeavesItsSnapshotOut() {
        CatalogueEntry entry = chain("db", 2).getFirst();
        CatalogueView before = catalogue.read();
        forget(entry);
        round++;
        new TestRounds(repository).plan(round);
        Checkpoint published = checkpoints.publish(round, round, before, before.entries());
        pruning.below(published);

        assertThat(pruning.tombstones()).hasSize(1);
        assertThat(live()).hasSize(1);
        fold();
        assertThat(pruning.tombstones()).isEmpty();
        assertThat(live()).hasSize(1);
    }
}
