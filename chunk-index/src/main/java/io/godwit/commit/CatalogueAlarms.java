package io.godwit.commit;

import io.godwit.volume.VolumeKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;

/// Notices when a store shows less than it did, or than it must.
///
/// Counters of a volume have no gaps: each writer takes the newest it sees plus one, and what it saw was committed.
/// Two at once may take the same. Counters up to that of the newest checkpoint are accounted for by it; above it,
/// every one must be found, live or forgotten. And none may be below what this node has seen before.
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
        view.counters()
                .forEach(
                        (volume, counter) -> {
                            OptionalLong known = memory.newestCounter(volume);
                            if (known.isEmpty() || known.getAsLong() < counter) {
                                memory.rememberCounter(volume, counter);
                            }
                        });
    }

    private List<CatalogueView.Problem> alarms(CatalogueView view) {
        List<CatalogueView.Problem> alarms = new ArrayList<>();
        Map<VolumeKey, TreeSet<Long>> seen = new HashMap<>();
        Map<VolumeKey, String> names = new HashMap<>();
        view.everything()
                .forEach(
                        entry -> {
                            VolumeKey key = access.keyOf(entry.volume());
                            seen.computeIfAbsent(key, _ -> new TreeSet<>()).add(entry.counter());
                            names.put(key, entry.volume().value());
                        });
        view.counters()
                .forEach(
                        (volume, newest) -> {
                            String name = names.getOrDefault(volume, volume.value());
                            checkMemory(alarms, volume, name, newest);
                            if (!view.damaged().contains(volume)) {
                                checkGaps(
                                        alarms,
                                        name,
                                        view.accounted(volume),
                                        seen.getOrDefault(volume, new TreeSet<>()));
                            }
                        });
        view.onlyVolume()
                .filter(volume -> !view.counters().containsKey(volume))
                .ifPresent(volume -> checkMemory(alarms, volume, volume.value(), 0));
        return alarms;
    }

    private void checkMemory(
            List<CatalogueView.Problem> alarms, VolumeKey volume, String name, long newest) {
        OptionalLong known = memory.newestCounter(volume);
        if (known.isPresent() && known.getAsLong() > newest) {
            alarms.add(
                    new CatalogueView.Problem(
                            CommitWarnings.Kind.ROLLED_BACK,
                            "the store shows an older history of volume %s than before: newest=%d known=%d"
                                    .formatted(name, newest, known.getAsLong())));
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
