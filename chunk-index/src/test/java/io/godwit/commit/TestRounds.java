package io.godwit.commit;

import io.godwit.pack.PackId;
import java.util.List;
import java.util.stream.Stream;

/// Decides rounds with chosen packs.
public final class TestRounds {
    private final TestRepository repository;
    private final CollectionRecords records;

    public TestRounds(TestRepository repository) {
        this.repository = repository;
        this.records = new CollectionRecords(repository);
    }

    private static List<PackName> names(PackId... packs) {
        return Stream.of(packs).map(pack -> new PackName(pack, false)).toList();
    }

    public CollectionPlan plan(long round, PackId... condemned) {
        return records.decide(
                new CollectionPlan(
                        round,
                        Nonce.random(repository.random()),
                        repository.host(),
                        names(condemned),
                        List.of()));
    }

    public CollectionSweep sweep(long round, PackId... deleted) {
        return records.decide(
                new CollectionSweep(
                        round,
                        Nonce.random(repository.random()),
                        repository.host(),
                        names(deleted),
                        List.of()));
    }
}
