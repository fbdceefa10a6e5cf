package io.godwit.commit;

import io.godwit.volume.VolumeKey;
import io.godwit.volume.VolumeName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/// What a checkpoint says: for each volume that ever had a snapshot below the floor, its largest
/// counter, and what is live.
final class CheckpointContent {
    private CheckpointContent() {}

    /// @param accounted counters that the checkpoint before answers for
    /// @param live snapshots that nobody has forgotten
    /// @param known live or forgotten
    static List<CheckpointSegment.Volume> below(
            long floor,
            Map<VolumeKey, Long> accounted,
            Collection<CatalogueEntry> live,
            Collection<CatalogueEntry> known,
            Function<VolumeName, VolumeKey> keyOf) {
        Map<VolumeKey, Long> counters = new TreeMap<>(accounted);
        for (CatalogueEntry entry : known) {
            if (entry.session().plan() < floor) {
                counters.merge(keyOf.apply(entry.volume()), entry.counter(), Math::max);
            }
        }
        Map<VolumeKey, List<CatalogueEntry>> entries = new TreeMap<>();
        for (CatalogueEntry entry : live) {
            if (entry.session().plan() < floor) {
                entries.computeIfAbsent(keyOf.apply(entry.volume()), _ -> new ArrayList<>())
                        .add(entry);
            }
        }
        return volumes(counters, entries);
    }

    private static List<CheckpointSegment.Volume> volumes(
            Map<VolumeKey, Long> counters, Map<VolumeKey, List<CatalogueEntry>> entries) {
        Comparator<CatalogueEntry> newestFirst = CatalogueView.BY_AGE.reversed();
        List<CheckpointSegment.Volume> volumes = new ArrayList<>();
        counters.forEach(
                (key, counter) ->
                        volumes.add(
                                new CheckpointSegment.Volume(
                                        key,
                                        counter,
                                        entries.getOrDefault(key, List.of()).stream()
                                                .sorted(newestFirst)
                                                .toList())));
        return volumes;
    }

    /// What the segments that stay do not say yet.
    static List<CheckpointSegment.Volume> without(
            List<CheckpointSegment.Volume> volumes, Collection<CheckpointSegment> kept) {
        Map<VolumeKey, CheckpointSegment.Volume> said = new TreeMap<>();
        kept.forEach(segment -> segment.volumes().forEach(v -> said.put(v.key(), v)));
        List<CheckpointSegment.Volume> rest = new ArrayList<>();
        for (CheckpointSegment.Volume volume : volumes) {
            CheckpointSegment.Volume before = said.get(volume.key());
            List<CatalogueEntry> more = new ArrayList<>(volume.live());
            if (before != null) {
                more.removeAll(Set.copyOf(before.live()));
            }
            if (before == null || !more.isEmpty() || before.counter() < volume.counter()) {
                rest.add(new CheckpointSegment.Volume(volume.key(), volume.counter(), more));
            }
        }
        return rest;
    }

    /// Cut by volume into pieces of about `entries` each; a volume is never cut.
    static List<CheckpointSegment> cut(List<CheckpointSegment.Volume> volumes, int entries) {
        List<CheckpointSegment> pieces = new ArrayList<>();
        List<CheckpointSegment.Volume> piece = new ArrayList<>();
        int weight = 0;
        for (CheckpointSegment.Volume volume : volumes) {
            int more = weight(List.of(volume));
            if (!piece.isEmpty() && weight + more > entries) {
                pieces.add(new CheckpointSegment(piece));
                piece.clear();
                weight = 0;
            }
            piece.add(volume);
            weight += more;
        }
        if (!piece.isEmpty()) {
            pieces.add(new CheckpointSegment(piece));
        }
        return pieces;
    }

    /// Entries, and one for each volume.
    static int weight(List<CheckpointSegment.Volume> volumes) {
        return volumes.stream().mapToInt(volume -> 1 + volume.live().size()).sum();
    }
}
