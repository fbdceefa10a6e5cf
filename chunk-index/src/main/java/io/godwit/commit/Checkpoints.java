package io.godwit.commit;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import io.godwit.volume.VolumeKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Reads the newest checkpoint of the catalogue.
final class Checkpoints {
    /// A collector may delete what a listing just showed; by then there is a newer one.
    private static final int ATTEMPTS = 5;

    private final RecordStore records;
    private final FanOut fanOut;

    Checkpoints(RepositoryAccess access) {
        this.records = new RecordStore(access);
        this.fanOut = access.fanOut();
    }

    Optional<Checkpoint> newest() {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            long round = newestRound();
            if (round == 0) {
                return Optional.empty();
            }
            Optional<Checkpoint> checkpoint = get(round);
            if (checkpoint.isPresent()) {
                return checkpoint;
            }
        }
        throw new GodwitException(FailureKind.CORRUPT, "checkpoints are listed and cannot be read")
                .withObject(CommitKeys.CHECKPOINTS);
    }

    Optional<Checkpoint> get(long round) {
        return records.get(
                ObjectKind.CATALOGUE, CommitKeys.checkpoint(round), CheckpointFormat::decode);
    }

    /// Checkpoints come before segments in the order of names, and collectors leave few of them.
    private long newestRound() {
        long newest = 0;
        String after = "";
        while (true) {
            Store.Page page = records.firstPage(CommitKeys.CHECKPOINTS, after);
            for (Store.Listed listed : page.objects()) {
                after = listed.key().value();
                if (after.startsWith(CommitKeys.SEGMENTS)) {
                    return newest;
                }
                newest = Math.max(newest, CommitKeys.checkpointRound(listed.key()).orElse(0L));
            }
            if (!page.more() || page.objects().isEmpty()) {
                return newest;
            }
        }
    }

    /// What the checkpoint says of one volume, or of all.
    List<CheckpointSegment.Volume> volumes(Checkpoint checkpoint, Optional<VolumeKey> only) {
        Predicate<Checkpoint.SegmentRef> wanted =
                segment ->
                        only.isEmpty()
                                || (segment.first().compareTo(only.get().value()) <= 0
                                        && segment.last().compareTo(only.get().value()) >= 0);
        List<Checkpoint.SegmentRef> segments =
                checkpoint.segments().stream().filter(wanted).toList();
        List<CheckpointSegment.Volume> volumes = new ArrayList<>(checkpoint.inline().volumes());
        fanOut.map(segments, this::segment).forEach(segment -> volumes.addAll(segment.volumes()));
        return volumes.stream()
                .filter(volume -> only.isEmpty() || only.get().equals(volume.key()))
                .toList();
    }

    CheckpointSegment segment(Checkpoint.SegmentRef segment) {
        ObjectKey key = CommitKeys.checkpointSegment(segment);
        byte[] plain =
                records.get(ObjectKind.CATALOGUE, key)
                        .orElseThrow(() -> corrupt(key, "checkpoint segment is missing"));
        if (!EntryDigest.ofContent(plain).equals(segment.digest())) {
            throw corrupt(key, "checkpoint segment is not the one that was named");
        }
        return CheckpointFormat.decodeSegment(plain, key.value());
    }

    private static GodwitException corrupt(ObjectKey key, String what) {
        return new GodwitException(FailureKind.CORRUPT, what + ": object=" + key)
                .withObject(key.value());
    }
}
