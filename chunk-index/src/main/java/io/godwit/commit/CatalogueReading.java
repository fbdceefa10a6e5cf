package io.godwit.commit;

import io.godwit.commit.CommitKeys.SnapshotName;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import io.godwit.pack.SessionId;
import io.godwit.store.ObjectKey;
import io.godwit.volume.VolumeKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// One reading of the catalogue. Belongs to one thread.
///
/// s/ is listed first. The outcomes themselves are got last, and only of sessions of which the
/// names in snap/ do not tell that everything is published: most are finished; and of those whose
/// entries there are damaged. When such an outcome or its `open`, or a listed entry, has gone
/// meanwhile, a collector was cleaning up, and what counts may have been written behind our listing
/// of snap/ or in a newer checkpoint: then everything is read again.
final class CatalogueReading {
    /// Clean-up happens in bursts, and each of them would have to hit.
    private static final int ATTEMPTS = 8;

    private final RepositoryAccess access;
    private final CatalogueMemory memory;
    private final CatalogueScope scope;
    private final RecordStore records;
    private final Checkpoints checkpoints;
    private final Publishing publishing;

    CatalogueReading(RepositoryAccess access, CatalogueMemory memory, CatalogueScope scope) {
        this.access = access;
        this.memory = memory;
        this.scope = scope;
        this.records = new RecordStore(access);
        this.checkpoints = new Checkpoints(access);
        this.publishing = new Publishing(access);
    }

    /// What one attempt has gathered.
    private static final class Gathered {
        final Map<SnapshotName, CatalogueEntry> entries = new TreeMap<>();
        final Set<SnapshotName> forgotten = new HashSet<>();
        final Map<VolumeKey, Long> accounted = new HashMap<>();
        final Set<VolumeKey> damaged = new HashSet<>();
        final Set<SnapshotName> unreadable = new HashSet<>();
        final List<String> damagedCommits = new ArrayList<>();
        final List<CatalogueView.Problem> problems = new ArrayList<>();
        long floor;
    }

    CatalogueView read() {
        for (int attempt = 1; ; attempt++) {
            Gathered gathered = new Gathered();
            Set<SessionId> committing = SessionListing.read(records).decided();
            List<SnapshotName> published = list(CommitKeys.SNAPSHOTS, CommitKeys::snapshotName);
            List<SnapshotName> tombstones = list(CommitKeys.TOMBSTONES, CommitKeys::tombstoneName);
            readCheckpoint(gathered);
            boolean still = readEntries(gathered, published);
            still &= readOutcomes(gathered, committing, published);
            if (still || attempt == ATTEMPTS) {
                readTombstones(gathered, tombstones);
                return view(gathered);
            }
        }
    }

    private interface NameParser {
        Optional<SnapshotName> parse(ObjectKey key);
    }

    private List<SnapshotName> list(String prefix, NameParser parser) {
        List<SnapshotName> names = new ArrayList<>();
        records.list(prefix, "", listed -> parser.parse(listed.key()).ifPresent(names::add));
        return names;
    }

    private void readCheckpoint(Gathered gathered) {
        Optional<Checkpoint> newest = checkpoints.newest();
        if (newest.isEmpty()) {
            return;
        }
        gathered.floor = newest.get().floor();
        for (CheckpointSegment.Volume volume : checkpoints.volumes(newest.get(), scope.volume())) {
            gathered.accounted.merge(volume.key(), volume.counter(), Math::max);
            for (CatalogueEntry entry : volume.live()) {
                if (scope.contains(name(entry))) {
                    gathered.entries.put(name(entry), entry);
                }
            }
        }
    }

    /// What snap/ says counts for sessions that are not below the floor. False when an entry has
    /// gone.
    private boolean readEntries(Gathered gathered, List<SnapshotName> names) {
        List<SnapshotName> unknown =
                names.stream()
                        .filter(scope::contains)
                        .filter(name -> !gathered.entries.containsKey(name))
                        .toList();
        boolean still = true;
        List<Read> read = access.fanOut().map(unknown, this::readEntry);
        for (int i = 0; i < unknown.size(); i++) {
            SnapshotName name = unknown.get(i);
            switch (read.get(i)) {
                case Read.Entry(CatalogueEntry entry) -> {
                    if (entry.session().plan() >= gathered.floor) {
                        gathered.entries.put(name, entry);
                    }
                }
                case Read.Damaged(String what) -> {
                    gathered.damaged.add(name.volume());
                    gathered.unreadable.add(name);
                    gathered.problems.add(damage(what));
                }
                case Read.Gone() -> {
                    still = false;
                    gathered.damaged.add(name.volume());
                    gathered.unreadable.add(name);
                    gathered.problems.add(
                            damage("entry is listed and cannot be read: object=snap/" + name));
                }
            }
        }
        return still;
    }

    private sealed interface Read {
        record Entry(CatalogueEntry entry) implements Read {}

        record Damaged(String what) implements Read {}

        record Gone() implements Read {}
    }

    private Read readEntry(SnapshotName name) {
        ObjectKey key = CommitKeys.snapshot(name.volume(), name.time(), name.id());
        try {
            Optional<byte[]> known = memory.entry(key);
            Optional<byte[]> plain =
                    known.isPresent() ? known : records.get(ObjectKind.SNAPSHOT, key);
            if (plain.isEmpty()) {
                return new Read.Gone();
            }
            CatalogueEntry entry = EntryFormat.decode(plain.get(), key.value());
            if (!name(entry).equals(name)) {
                return new Read.Damaged("entry under another name: object=" + key);
            }
            if (known.isEmpty()) {
                memory.rememberEntry(key, plain.get());
            }
            return new Read.Entry(entry);
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.CORRUPT) {
                throw e;
            }
            return new Read.Damaged(String.valueOf(e.getMessage()));
        }
    }

    // ---- COMMITs of which not everything is published

    /// False when a session was cleaned up under our eyes.
    private boolean readOutcomes(
            Gathered gathered, Set<SessionId> committing, List<SnapshotName> published) {
        Set<SessionId> unsure = new TreeSet<>(committing);
        unsure.removeIf(session -> session.plan() < gathered.floor);
        Set<SessionId> damaged = committersOf(gathered.unreadable, unsure);
        unsure.removeIf(memory::settled);
        unsure.removeAll(complete(unsure, published));
        unsure.addAll(damaged);
        List<SessionId> asked = List.copyOf(unsure);
        Set<SnapshotName> names = new HashSet<>(published);
        boolean still = true;
        List<Ended> answers = access.fanOut().map(asked, this::readOutcome);
        for (int i = 0; i < asked.size(); i++) {
            switch (answers.get(i)) {
                case Ended.Committed(List<CatalogueEntry> entries) ->
                        takeCommit(gathered, asked.get(i), entries, names);
                case Ended.Nothing() -> memory.rememberSettled(asked.get(i));
                case Ended.Damaged(String what) -> {
                    gathered.damagedCommits.add(CommitKeys.outcome(asked.get(i)).value());
                    gathered.problems.add(damage(what));
                }
                case Ended.CleanedUp() -> still = false;
            }
        }
        return still;
    }

    /// Sessions that by their ids committed these snapshots: what a damaged entry said, the COMMIT
    /// says too.
    private static Set<SessionId> committersOf(Set<SnapshotName> names, Set<SessionId> sessions) {
        Set<Long> tags = new HashSet<>();
        names.forEach(name -> tags.add(name.id().tag()));
        Set<SessionId> committers = new HashSet<>(sessions);
        committers.removeIf(session -> !tags.contains(SnapshotId.tag(session)));
        return committers;
    }

    /// Sessions of which, by their ids, every snapshot has a name in snap/.
    private static Set<SessionId> complete(Set<SessionId> sessions, List<SnapshotName> published) {
        Map<Long, Integer> found = new HashMap<>();
        Map<Long, Integer> expected = new HashMap<>();
        for (SnapshotName name : published) {
            found.merge(name.id().tag(), 1, Integer::sum);
            expected.merge(name.id().tag(), name.id().siblings(), Math::max);
        }
        Set<SessionId> complete = new HashSet<>();
        for (SessionId session : sessions) {
            Integer count = found.get(SnapshotId.tag(session));
            if (count != null && count.equals(expected.get(SnapshotId.tag(session)))) {
                complete.add(session);
            }
        }
        return complete;
    }

    private sealed interface Ended {
        record Committed(List<CatalogueEntry> entries) implements Ended {}

        record Nothing() implements Ended {}

        record Damaged(String what) implements Ended {}

        record CleanedUp() implements Ended {}
    }

    private Ended readOutcome(SessionId session) {
        Optional<SessionOutcome> outcome;
        try {
            outcome =
                    records.get(
                            ObjectKind.SESSION_OUTCOME,
                            CommitKeys.outcome(session),
                            SessionFormat::outcome);
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.CORRUPT) {
                throw e;
            }
            return new Ended.Damaged(String.valueOf(e.getMessage()));
        }
        // It counts only while `open` exists: got, not listed.
        if (outcome.isEmpty() || !records.exists(CommitKeys.open(session))) {
            return new Ended.CleanedUp();
        }
        return switch (outcome.get()) {
            case SessionOutcome.Abort _ -> new Ended.Nothing();
            case SessionOutcome.Commit(_, List<CatalogueEntry> entries) ->
                    entries.getFirst().session().equals(session)
                            ? new Ended.Committed(entries)
                            : new Ended.Damaged("commit of another session: session=" + session);
        };
    }

    /// Takes what it says, and writes what is missing, so that nobody has to look again.
    private void takeCommit(
            Gathered gathered,
            SessionId session,
            List<CatalogueEntry> entries,
            Set<SnapshotName> published) {
        List<CatalogueEntry> missing = new ArrayList<>();
        for (CatalogueEntry entry : entries) {
            SnapshotName name = name(entry);
            if (scope.contains(name)) {
                gathered.entries.put(name, entry);
            }
            if (!published.contains(name)) {
                missing.add(entry);
            }
        }
        if (missing.isEmpty() || (access.writable() && publishing.publish(missing))) {
            memory.rememberSettled(session);
        }
    }

    // ---- tombstones

    /// A tombstone that does not open forgets nothing: the store could write such a name itself.
    private void readTombstones(Gathered gathered, List<SnapshotName> names) {
        List<SnapshotName> wanted = names.stream().filter(gathered.entries::containsKey).toList();
        List<String> problems = access.fanOut().map(wanted, this::checkTombstone);
        for (int i = 0; i < wanted.size(); i++) {
            if (problems.get(i).isEmpty()) {
                gathered.forgotten.add(wanted.get(i));
            } else {
                gathered.problems.add(damage(problems.get(i)));
            }
        }
    }

    private String checkTombstone(SnapshotName name) {
        ObjectKey key = CommitKeys.tombstone(name.volume(), name.time(), name.id());
        try {
            Optional<byte[]> known = memory.entry(key);
            if (known.isPresent()) {
                return "";
            }
            Optional<byte[]> plain = records.get(ObjectKind.TOMBSTONE, key);
            if (plain.isEmpty()) {
                // Deleted since it was listed: only after the snapshot was.
                return "";
            }
            Tombstone tombstone = SessionFormat.tombstone(plain.get(), key.value());
            if (!tombstone.snapshot().equals(name.id())) {
                return "tombstone of another snapshot: object=" + key;
            }
            memory.rememberEntry(key, plain.get());
            return "";
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.CORRUPT) {
                throw e;
            }
            return String.valueOf(e.getMessage());
        }
    }

    // ---- result

    private CatalogueView view(Gathered gathered) {
        List<CatalogueEntry> live = new ArrayList<>();
        List<CatalogueEntry> forgotten = new ArrayList<>();
        gathered.entries.forEach(
                (name, entry) -> (gathered.forgotten.contains(name) ? forgotten : live).add(entry));
        return new CatalogueView(
                live,
                forgotten,
                gathered.accounted,
                gathered.damaged,
                unread(gathered),
                gathered.problems,
                scope.volume(),
                access);
    }

    /// What may hold a snapshot that the view does not have. An entry that its COMMIT has replaced
    /// is not missing.
    private static List<String> unread(Gathered gathered) {
        List<String> objects = new ArrayList<>(gathered.damagedCommits);
        for (SnapshotName name : gathered.unreadable) {
            if (!gathered.entries.containsKey(name)) {
                objects.add(CommitKeys.snapshot(name.volume(), name.time(), name.id()).value());
            }
        }
        return objects;
    }

    private SnapshotName name(CatalogueEntry entry) {
        return new SnapshotName(access.keyOf(entry.volume()), entry.time(), entry.snapshot());
    }

    private static CatalogueView.Problem damage(String what) {
        return new CatalogueView.Problem(CommitWarnings.Kind.DAMAGED_OBJECT, what);
    }
}
