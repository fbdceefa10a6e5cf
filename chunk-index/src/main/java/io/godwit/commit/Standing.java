package io.godwit.commit;

import io.godwit.format.ObjectKind;
import java.util.Collection;
import java.util.Optional;

/// Whether single snapshots stand in the catalogue, with as few requests as the order of reading
/// allows: s/, then snap/, then the newest checkpoint.
final class Standing {
    private final RecordStore records;
    private final Checkpoints checkpoints;

    Standing(RepositoryAccess access) {
        this.records = new RecordStore(access);
        this.checkpoints = new Checkpoints(access);
    }

    /// Not forgotten, and read after that, still in the catalogue.
    boolean live(Pin pin) {
        if (records.exists(CommitKeys.tombstone(pin.volume(), pin.time(), pin.snapshot()))) {
            return false;
        }
        boolean committed = countsAsCommitted(pin);
        boolean published =
                committed
                        || records.exists(
                                CommitKeys.snapshot(pin.volume(), pin.time(), pin.snapshot()));
        Optional<Checkpoint> checkpoint = checkpoints.newest();
        if (checkpoint.isPresent() && pin.session().plan() < checkpoint.get().floor()) {
            return inCheckpoint(checkpoint.get(), pin);
        }
        return published;
    }

    /// A COMMIT counts while its `open` exists.
    private boolean countsAsCommitted(Pin pin) {
        Optional<SessionOutcome> outcome =
                records.get(
                        ObjectKind.SESSION_OUTCOME,
                        CommitKeys.outcome(pin.session()),
                        SessionFormat::outcome);
        return outcome.isPresent()
                && outcome.get() instanceof SessionOutcome.Commit commit
                && commit.entries().stream()
                        .anyMatch(entry -> entry.snapshot().equals(pin.snapshot()))
                && records.exists(CommitKeys.open(pin.session()));
    }

    /// W8 when `open` is gone: any of them in snap/, then in the newest checkpoint.
    boolean anyPublished(Collection<Pin> snapshots) {
        for (Pin pin : snapshots) {
            if (records.exists(CommitKeys.snapshot(pin.volume(), pin.time(), pin.snapshot()))) {
                return true;
            }
        }
        Optional<Checkpoint> checkpoint = checkpoints.newest();
        return checkpoint.isPresent()
                && snapshots.stream().anyMatch(pin -> inCheckpoint(checkpoint.get(), pin));
    }

    private boolean inCheckpoint(Checkpoint checkpoint, Pin pin) {
        return checkpoints.volumes(checkpoint, Optional.of(pin.volume())).stream()
                .flatMap(volume -> volume.live().stream())
                .anyMatch(entry -> entry.snapshot().equals(pin.snapshot()));
    }
}
