package io.godwit.commit;

import io.godwit.volume.VolumeKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// Notices when a store shows less than it did, or than it must.
///
/// Counters of a volume have no gaps: each writer takes the newest it sees plus one, and what it
/// saw was committed. Two at once may take the same. Counters up to that of the newest checkpoint
/// are accounted for by it; above it, every one must be found, live or forgotten. And none may be
/// below what this node has seen before.
final class CatalogueAlarms {
    private static final int NAMED = 5;

    private final RepositoryAccess access;
    private final CatalogueMemory memory;

    CatalogueAlarms(RepositoryAccess access, CatalogueMemory memory) {
        this.access = access;
        this.memory = memory;
    }

    boolean suspicious(CatalogueView view) {
        return !alarms(view).isEmpty();
    }

    void raise(CatalogueView view) {
        alarms(view).forEach(alarm -> access.warnings().warn(alarm.kind(), alarm.text()));
    }

    void remember(CatalogueView view) {
        Map<VolumeKey, Long> known = memory.newestCounters(view.onlyVolume());
        Map<VolumeKey, Long> newer = new HashMap<>(view.counters());
        newer.entrySet().removeIf(e -> known.getOrDefault(e.getKey(), 0L) >= e.getValue());
        if (!newer.isEmpty()) {
            memory.rememberCounters(newer);
        }
    }

    /// What the store shows less than it did, or must.
    List<CatalogueView.Problem> alarms(CatalogueView view) {
        List<CatalogueView.Problem> alarms = new ArrayList<>();
        Map<VolumeKey, SortedSet<Long>> seen = new HashMap<>();
        Map<VolumeKey, String> names = new HashMap<>();
        view.everything()
                .forEach(
                        entry -> {
                            VolumeKey key = access.keyOf(entry.volume());
                            seen.computeIfAbsent(key, _ -> new TreeSet<>()).add(entry.counter());
                            names.put(key, entry.volume().value());
                        });
        memory.newestCounters(view.onlyVolume())
                .forEach(
                        (volume, known) ->
                                checkMemory(
                                        alarms,
                                        names.getOrDefault(volume, volume.value()),
                                        view.counters().getOrDefault(volume, 0L),
                                        known));
        seen.forEach(
                (volume, counters) -> {
                    if (!view.damaged().contains(volume)) {
                        String name = names.getOrDefault(volume, volume.value());
                        checkGaps(alarms, name, view.accounted(volume), counters);
                    }
                });
        return alarms;
    }

    private static void checkMemory(
            List<CatalogueView.Problem> alarms, String name, long newest, long known) {
        if (known > newest) {
            alarms.add(
                    new CatalogueView.Problem(
                            CommitWarnings.Kind.ROLLED_BACK,
                            "the store shows an older history of volume %s than before: newest=%d known=%d"
                                    .formatted(name, newest, known)));
        }
    }

    private static void checkGaps(
            List<CatalogueView.Problem> alarms,
            String name,
            long accounted,
            SortedSet<Long> counters) {
        List<Long> missing = new ArrayList<>();
        long expected = accounted + 1;
        for (long counter : counters.tailSet(expected)) {
            for (; expected < counter && missing.size() < NAMED; expected++) {
                missing.add(expected);
            }
            expected = counter + 1;
        }
        if (!missing.isEmpty()) {
            alarms.add(
                    new CatalogueView.Problem(
                            CommitWarnings.Kind.MISSING_ENTRY,
                            "snapshots of volume %s are neither there nor forgotten: counters=%s"
                                    .formatted(name, missing)));
        }
    }
}
