package io.godwit.commit;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.volume.VolumeKey;
import io.godwit.volume.VolumeName;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What the catalogue said at one time. Immutable.
public final class CatalogueView {
    /// Snapshots further ahead of our clock are not the latest of anything: some clock was wrong,
    /// or somebody wants to be newest for ever.
    static final Duration FUTURE_MAX = Duration.ofHours(24);

    /// Oldest first; of equal times the one with the larger counter is newer.
    public static final Comparator<CatalogueEntry> BY_AGE =
            Comparator.comparing(CatalogueEntry::time)
                    .thenComparingLong(CatalogueEntry::counter)
                    .thenComparing(CatalogueEntry::snapshot);

    private static final int CANDIDATES_NAMED = 4;

    /// Something that was found wrong on the way.
    public record Problem(CommitWarnings.Kind kind, String text) {}

    private final List<CatalogueEntry> entries;
    private final List<CatalogueEntry> forgotten;
    private final Map<VolumeKey, Long> accounted;
    private final Map<VolumeKey, Long> counters;
    private final Set<VolumeKey> damaged;
    private final List<String> unread;
    private final List<Problem> problems;
    private final Optional<VolumeKey> only;
    private final RepositoryAccess access;

    CatalogueView(
            List<CatalogueEntry> live,
            List<CatalogueEntry> forgotten,
            Map<VolumeKey, Long> accounted,
            Set<VolumeKey> damaged,
            List<String> unread,
            List<Problem> problems,
            Optional<VolumeKey> only,
            RepositoryAccess access) {
        Comparator<CatalogueEntry> order =
                Comparator.comparing(CatalogueEntry::volume).thenComparing(BY_AGE);
        this.entries = live.stream().sorted(order).toList();
        this.forgotten = forgotten.stream().sorted(order).toList();
        this.accounted = Map.copyOf(accounted);
        this.damaged = Set.copyOf(damaged);
        this.unread = List.copyOf(unread);
        this.problems = List.copyOf(problems);
        this.only = only;
        this.access = access;
        this.counters = newestCounters();
    }

    private Map<VolumeKey, Long> newestCounters() {
        Map<VolumeKey, Long> newest = new HashMap<>(accounted);
        everything()
                .forEach(
                        entry ->
                                newest.merge(
                                        access.keyOf(entry.volume()), entry.counter(), Math::max));
        return Collections.unmodifiableMap(newest);
    }

    /// Every live snapshot, by volume, oldest first.
    public List<CatalogueEntry> entries() {
        return entries;
    }

    /// Snapshots that have a tombstone and are not collected yet, by volume, oldest first.
    public List<CatalogueEntry> forgotten() {
        return forgotten;
    }

    /// The objects of which the contents are not known, although they may say that there is a
    /// snapshot: whoever deletes what no snapshot needs must stop.
    public List<String> unread() {
        return unread;
    }

    /// Live snapshots of a volume, oldest first.
    public List<CatalogueEntry> entries(VolumeName volume) {
        return entries.stream().filter(entry -> entry.volume().equals(volume)).toList();
    }

    /// Volumes with a live snapshot, in order.
    public Set<VolumeName> volumes() {
        Set<VolumeName> volumes = new TreeSet<>();
        entries.forEach(entry -> volumes.add(entry.volume()));
        return Collections.unmodifiableSet(volumes);
    }

    public Optional<CatalogueEntry> find(SnapshotId snapshot) {
        return entries.stream().filter(entry -> entry.snapshot().equals(snapshot)).findFirst();
    }

    /// The newest snapshot of a volume that is not from the far future.
    public Optional<CatalogueEntry> latest(VolumeName volume) {
        return newestNotAfter(volume, access.clock().instant().plus(FUTURE_MAX));
    }

    public Optional<CatalogueEntry> newestNotAfter(VolumeName volume, Instant time) {
        return entries(volume).stream().filter(entry -> !entry.time().isAfter(time)).max(BY_AGE);
    }

    /// The lineage of a new snapshot of the volume.
    public Lineage lineage(VolumeName volume, Optional<CatalogueEntry> parent) {
        Long newest = counters.get(access.keyOf(volume));
        return Lineage.after(
                parent, newest == null ? OptionalLong.empty() : OptionalLong.of(newest));
    }

    /// The snapshot that a person's SNAPSHOT names.
    ///
    /// @throws GodwitException `NOT_FOUND`, or `INVALID` when it is ambiguous
    public CatalogueEntry resolve(String text) {
        return resolve(SnapshotQuery.parse(text));
    }

    CatalogueEntry resolve(SnapshotQuery query) {
        if (!query.idPrefix().isEmpty()) {
            List<CatalogueEntry> matches =
                    entries.stream()
                            .filter(e -> e.snapshot().toString().startsWith(query.idPrefix()))
                            .toList();
            if (matches.size() == 1) {
                return matches.getFirst();
            }
            if (matches.size() > 1) {
                throw ambiguous(query, matches);
            }
        }
        return named(query)
                .or(() -> query.otherwise().flatMap(this::named))
                .orElseThrow(() -> notFound(query));
    }

    private Optional<CatalogueEntry> named(SnapshotQuery query) {
        return query.byVolume()
                .flatMap(
                        volume ->
                                query.notAfter().isPresent()
                                        ? newestNotAfter(volume, query.notAfter().get())
                                        : latest(volume));
    }

    private static GodwitException ambiguous(SnapshotQuery query, List<CatalogueEntry> matches) {
        List<String> ids =
                matches.stream()
                        .limit(CANDIDATES_NAMED)
                        .map(entry -> entry.snapshot().toString())
                        .toList();
        return new GodwitException(
                        FailureKind.INVALID,
                        "snapshot id is ambiguous: prefix=%s matches=%d"
                                .formatted(query.text(), matches.size()))
                .withHint("give more digits; it could be " + String.join(", ", ids));
    }

    private GodwitException notFound(SnapshotQuery query) {
        GodwitException failure =
                new GodwitException(FailureKind.NOT_FOUND, "no such snapshot: " + query.text());
        return failure.withHint(hint(query));
    }

    private String hint(SnapshotQuery query) {
        Optional<VolumeName> volume = query.byVolume();
        if (volume.isPresent()) {
            List<CatalogueEntry> known = entries(volume.get());
            if (known.isEmpty()) {
                return "volume %s has no snapshot; list them with: godwit volumes"
                        .formatted(volume.get());
            }
            return "the oldest snapshot of volume %s is of %s"
                    .formatted(volume.get(), known.getFirst().time());
        }
        boolean wasForgotten =
                !query.idPrefix().isEmpty()
                        && forgotten.stream()
                                .anyMatch(
                                        e -> e.snapshot().toString().startsWith(query.idPrefix()));
        if (wasForgotten) {
            return "it was forgotten; list what there is with: godwit snapshots";
        }
        return SnapshotQuery.FORMS;
    }

    // ---- for alarms

    /// Live and forgotten.
    Stream<CatalogueEntry> everything() {
        return Stream.concat(entries.stream(), forgotten.stream());
    }

    /// The largest counter of each volume that was seen or is accounted for.
    Map<VolumeKey, Long> counters() {
        return counters;
    }

    /// Up to which counter the newest checkpoint answers for the volume.
    long accounted(VolumeKey volume) {
        return accounted.getOrDefault(volume, 0L);
    }

    /// The same of every volume that it answers for.
    Map<VolumeKey, Long> accounted() {
        return accounted;
    }

    /// Volumes of which an entry could not be read, so that gaps prove nothing.
    Set<VolumeKey> damaged() {
        return damaged;
    }

    List<Problem> problems() {
        return problems;
    }

    Optional<VolumeKey> onlyVolume() {
        return only;
    }
}
