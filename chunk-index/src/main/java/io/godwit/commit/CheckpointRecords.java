package io.godwit.commit;

import io.godwit.format.ObjectKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// G6: publishes checkpoints of the catalogue. Any thread.
public final class CheckpointRecords {
    /// Entries and volumes that stand in the checkpoint itself, about 300 bytes each: what changes
    /// from round to round. Above it everything is written into segments anew.
    static final int INLINE_MAX = 2048;

    /// Of one segment: about a megabyte.
    static final int SEGMENT_ENTRIES = 4096;

    private final RepositoryAccess access;

    private final Checkpoints checkpoints;
    private final Register register;
    private final int inlineMax;
    private final int segmentEntries;

    public CheckpointRecords(RepositoryAccess access) {
        this(access, INLINE_MAX, SEGMENT_ENTRIES);
    }

    CheckpointRecords(RepositoryAccess access, int inlineMax, int segmentEntries) {
        this.access = access;
        this.checkpoints = new Checkpoints(access);
        this.register = new Register(access);
        this.inlineMax = inlineMax;
        this.segmentEntries = segmentEntries;
    }

    /// Publishes `cat/<round>` unless it stands, and returns what stands. A floor never sinks.
    ///
    /// @param floor the smallest plan of a session that was undecided before `view` was read
    /// @param live what of the view nobody has forgotten
    public Checkpoint publish(
            long round, long floor, CatalogueView view, Collection<CatalogueEntry> live) {
        Optional<Checkpoint> before = checkpoints.newest();
        if (before.isPresent() && before.get().round() >= round) {
            return before.get();
        }
        Checkpoint mine =
                checkpoint(
                        round,
                        Math.max(floor, before.map(Checkpoint::floor).orElse(0L)),
                        before,
                        view,
                        live);
        return switch (register.decide(content(mine), Register.ATTEMPTS)) {
            case Register.Decision.Mine<Checkpoint> _ -> mine;
            case Register.Decision.Others<Checkpoint>(Checkpoint winner) -> winner;
            case Register.Decision.Absent<Checkpoint> _ ->
                    throw new IllegalStateException("left without a decision");
        };
    }

    private static Register.Content<Checkpoint> content(Checkpoint mine) {
        return new Register.Content<>(
                ObjectKind.CATALOGUE,
                CommitKeys.checkpoint(mine.round()),
                CheckpointFormat.encode(mine),
                CheckpointFormat::decode,
                mine::equals);
    }

    private Checkpoint checkpoint(
            long round,
            long floor,
            Optional<Checkpoint> before,
            CatalogueView view,
            Collection<CatalogueEntry> live) {
        List<CheckpointSegment.Volume> volumes =
                CheckpointContent.below(
                        floor, view.accounted(), live, view.everything().toList(), access::keyOf);
        Nonce nonce = Nonce.random(access.random());
        Map<Checkpoint.SegmentRef, CheckpointSegment> kept = whollyLive(before, live);
        List<CheckpointSegment.Volume> rest = CheckpointContent.without(volumes, kept.values());
        if (CheckpointContent.weight(rest) <= inlineMax) {
            return new Checkpoint(
                    round, nonce, floor, List.copyOf(kept.keySet()), new CheckpointSegment(rest));
        }
        return new Checkpoint(
                round, nonce, floor, segments(round, nonce, volumes), CheckpointSegment.EMPTY);
    }

    /// The segments of the checkpoint before in which nothing has died.
    private Map<Checkpoint.SegmentRef, CheckpointSegment> whollyLive(
            Optional<Checkpoint> before, Collection<CatalogueEntry> live) {
        Set<CatalogueEntry> alive = new HashSet<>(live);
        Map<Checkpoint.SegmentRef, CheckpointSegment> kept = new LinkedHashMap<>();
        for (Checkpoint.SegmentRef ref : before.map(Checkpoint::segments).orElse(List.of())) {
            CheckpointSegment segment = checkpoints.segment(ref);
            if (segment.volumes().stream().allMatch(v -> alive.containsAll(v.live()))) {
                kept.put(ref, segment);
            }
        }
        return kept;
    }

    private List<Checkpoint.SegmentRef> segments(
            long round, Nonce nonce, List<CheckpointSegment.Volume> volumes) {
        List<Checkpoint.SegmentRef> refs = new ArrayList<>();
        for (CheckpointSegment piece : CheckpointContent.cut(volumes, segmentEntries)) {
            refs.add(put(round, nonce, refs.size(), piece));
        }
        return refs;
    }

    private Checkpoint.SegmentRef put(
            long round, Nonce nonce, int number, CheckpointSegment segment) {
        byte[] plain = CheckpointFormat.encode(segment);
        List<CheckpointSegment.Volume> volumes = segment.volumes();
        Checkpoint.SegmentRef ref =
                new Checkpoint.SegmentRef(
                        round,
                        nonce,
                        number,
                        volumes.getFirst().key().value(),
                        volumes.getLast().key().value(),
                        volumes.stream().mapToInt(volume -> volume.live().size()).sum(),
                        EntryDigest.ofContent(plain));
        Register.Decision<CheckpointSegment> _ =
                register.decide(
                        new Register.Content<>(
                                ObjectKind.CATALOGUE,
                                CommitKeys.checkpointSegment(ref),
                                plain,
                                CheckpointFormat::decodeSegment,
                                segment::equals),
                        Register.ATTEMPTS);
        return ref;
    }
}
