package io.godwit.commit;

import io.godwit.commit.CommitKeys.SnapshotName;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import io.godwit.pack.SessionId;
import io.godwit.store.ObjectKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// G6: removes what a published checkpoint has made superfluous. Each delete may be the last one:
/// what is left, the next round removes. Any thread.
public final class CataloguePruning {
    /// The newest checkpoint, and those that a slow reader may have taken for it.
    static final int CHECKPOINTS_KEPT = 3;

    private final RepositoryAccess access;
    private final RecordStore records;
    private final Checkpoints checkpoints;

    public CataloguePruning(RepositoryAccess access) {
        this.access = access;
        this.records = new RecordStore(access);
        this.checkpoints = new Checkpoints(access);
    }

    /// The tombstones that stand, as far as a listing shows.
    public Set<SnapshotName> tombstones() {
        return new HashSet<>(names(CommitKeys.TOMBSTONES, CommitKeys::tombstoneName));
    }

    /// Whether snapshots or tombstones stand outside of checkpoints.
    public boolean anyLoose() {
        return !records.firstPage(CommitKeys.SNAPSHOTS, "").objects().isEmpty()
                || !records.firstPage(CommitKeys.TOMBSTONES, "").objects().isEmpty();
    }

    private List<SnapshotName> names(
            String prefix, Function<ObjectKey, Optional<SnapshotName>> parser) {
        List<SnapshotName> names = new ArrayList<>();
        records.list(prefix, "", listed -> parser.apply(listed.key()).ifPresent(names::add));
        return names;
    }

    /// Removes entries of sessions below the floor, which count through the checkpoint alone, and
    /// the tombstones of those that it leaves out: they have nothing to hide any more.
    public void below(Checkpoint published) {
        Set<SnapshotName> live = new HashSet<>();
        for (CheckpointSegment.Volume volume : checkpoints.volumes(published, Optional.empty())) {
            for (CatalogueEntry entry : volume.live()) {
                live.add(new SnapshotName(volume.key(), entry.time(), entry.snapshot()));
            }
        }
        List<SnapshotName> entries = names(CommitKeys.SNAPSHOTS, CommitKeys::snapshotName);
        delete(access.fanOut().map(entries, name -> entryBelow(published.floor(), name, live)));
        List<SnapshotName> tombstones = names(CommitKeys.TOMBSTONES, CommitKeys::tombstoneName);
        tombstones.removeAll(live);
        delete(access.fanOut().map(tombstones, name -> tombstoneBelow(published.floor(), name)));
    }

    private Optional<ObjectKey> entryBelow(long floor, SnapshotName name, Set<SnapshotName> live) {
        ObjectKey key = CommitKeys.snapshot(name.volume(), name.time(), name.id());
        // What stands in the checkpoint is of a session below its floor.
        return live.contains(name)
                ? Optional.of(key)
                : below(
                        floor,
                        ObjectKind.SNAPSHOT,
                        key,
                        plain -> EntryFormat.decode(plain, key.value()).session());
    }

    private Optional<ObjectKey> tombstoneBelow(long floor, SnapshotName name) {
        ObjectKey key = CommitKeys.tombstone(name.volume(), name.time(), name.id());
        return below(
                floor,
                ObjectKind.TOMBSTONE,
                key,
                plain -> SessionFormat.tombstone(plain, key.value()).session());
    }

    /// The key, when its snapshot's session is below the floor. What cannot be read stays.
    private Optional<ObjectKey> below(
            long floor, ObjectKind kind, ObjectKey key, Function<byte[], SessionId> session) {
        try {
            return records.get(kind, key)
                    .map(session)
                    .filter(id -> id.plan() < floor)
                    .map(_ -> key);
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.CORRUPT) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private void delete(List<Optional<ObjectKey>> keys) {
        access.fanOut()
                .map(
                        keys.stream().flatMap(Optional::stream).toList(),
                        key -> {
                            access.store().delete(key);
                            return key;
                        });
    }

    /// Removes old checkpoints, and segments that none of the others names.
    ///
    /// @param round of a published checkpoint: segments of later ones may be on their way
    public void checkpoints(long round) {
        List<Long> rounds = new ArrayList<>();
        List<ObjectKey> segments = new ArrayList<>();
        records.list(
                CommitKeys.CHECKPOINTS,
                "",
                listed -> {
                    CommitKeys.checkpointRound(listed.key()).ifPresent(rounds::add);
                    CommitKeys.segmentRound(listed.key())
                            .filter(written -> written <= round)
                            .ifPresent(_ -> segments.add(listed.key()));
                });
        int old = Math.max(0, rounds.size() - CHECKPOINTS_KEPT);
        segments.removeAll(named(rounds.subList(old, rounds.size())));
        List<ObjectKey> going = new ArrayList<>(segments);
        rounds.subList(0, old).forEach(gone -> going.add(CommitKeys.checkpoint(gone)));
        delete(going.stream().map(Optional::of).toList());
    }

    private Set<ObjectKey> named(List<Long> rounds) {
        Set<ObjectKey> named = new HashSet<>();
        for (long round : rounds) {
            checkpoints.get(round).map(Checkpoint::segments).orElse(List.of()).stream()
                    .map(CommitKeys::checkpointSegment)
                    .forEach(named::add);
        }
        return named;
    }
}
