package io.godwit.commit;

import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Entries for tests of other packages.
public final class CatalogueEntries {
    private CatalogueEntries() {}

    /// A snapshot of that time.
    ///
    /// @param tags keys and values in turn
    public static CatalogueEntry at(Instant time, String... tags) {
        TreeMap<String, String> map = new TreeMap<>();
        for (int i = 0; i < tags.length; i += 2) {
            map.put(tags[i], tags[i + 1]);
        }
        return with(RecordSamples.entry(), time, Optional.empty(), map);
    }

    /// The same, retained.
    public static CatalogueEntry retained(CatalogueEntry entry, Instant until) {
        return with(entry, entry.time(), Optional.of(until), new TreeMap<>(entry.tags()));
    }

    private static CatalogueEntry with(
            CatalogueEntry entry,
            Instant time,
            Optional<Instant> until,
            SortedMap<String, String> tags) {
        return new CatalogueEntry(
                entry.snapshot(),
                entry.volume(),
                time,
                entry.sizeBytes(),
                entry.root(),
                entry.lineage(),
                until,
                tags,
                entry.changedBytes(),
                entry.storedBytes(),
                entry.changeId(),
                entry.chunker(),
                entry.session(),
                entry.restorePoint(),
                entry.siblings(),
                entry.extensions());
    }
}
