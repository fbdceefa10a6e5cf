package io.godwit.commit;

import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;

/// Changed copies of entries.
final class Entries {
    private Entries() {}

    static CatalogueEntry renamed(CatalogueEntry e, SnapshotId snapshot) {
        return copy(e, snapshot, e.time(), e.lineage(), e.retainUntil(), Extensions.NONE);
    }

    static CatalogueEntry at(CatalogueEntry e, Instant time) {
        return copy(e, e.snapshot(), time, e.lineage(), e.retainUntil(), Extensions.NONE);
    }

    static CatalogueEntry counted(CatalogueEntry e, long counter) {
        Lineage lineage = new Lineage(e.lineage().parent(), e.lineage().parentDigest(), counter);
        return copy(e, e.snapshot(), e.time(), lineage, e.retainUntil(), Extensions.NONE);
    }

    static CatalogueEntry retained(CatalogueEntry e, Instant until) {
        return copy(e, e.snapshot(), e.time(), e.lineage(), Optional.of(until), Extensions.NONE);
    }

    static CatalogueEntry extended(CatalogueEntry e, Extensions extensions) {
        return copy(e, e.snapshot(), e.time(), e.lineage(), e.retainUntil(), extensions);
    }

    private static CatalogueEntry copy(
            CatalogueEntry e,
            SnapshotId snapshot,
            Instant time,
            Lineage lineage,
            Optional<Instant> retainUntil,
            Extensions extensions) {
        return new CatalogueEntry(
                snapshot,
                e.volume(),
                time,
                e.sizeBytes(),
                e.root(),
                lineage,
                retainUntil,
                new TreeMap<>(e.tags()),
                e.changedBytes(),
                e.storedBytes(),
                e.changeId(),
                e.chunker(),
                e.session(),
                e.restorePoint(),
                e.siblings(),
                extensions);
    }
}
