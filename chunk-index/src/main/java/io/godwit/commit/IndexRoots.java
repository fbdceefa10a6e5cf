package io.godwit.commit;

import io.godwit.format.ObjectKind;
import io.godwit.pack.PackId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// G6: publishes `idx/root/<n>`, and removes old ones. Any thread.
public final class IndexRoots {
    /// The newest, and those that a slow reader may have taken for it.
    static final int KEPT = 3;

    private final RepositoryAccess access;
    private final RecordStore records;
    private final Register register;

    public IndexRoots(RepositoryAccess access) {
        this.access = access;
        this.records = new RecordStore(access);
        this.register = new Register(access);
    }

    /// What a round says of the shards.
    ///
    /// @param floor segments of sessions below it are merged into the shards
    public record Shards(long floor, List<IndexRoot.Shard> list) {
        public Shards {
            list = List.copyOf(list);
        }

        /// Those of a root; none when there is no root yet.
        public static Shards of(Optional<IndexRoot> root) {
            return new Shards(
                    root.map(IndexRoot::floor).orElse(0L),
                    root.map(IndexRoot::shards).orElse(List.of()));
        }
    }

    /// Publishes the root of a round unless it stands, or would say nothing new, and returns what
    /// is the newest then.
    ///
    /// @param before the newest root before the sweep
    public Optional<IndexRoot> publish(
            CollectionSweep sweep, Optional<IndexRoot> before, Shards shards) {
        long round = sweep.round();
        if (before.isPresent() && before.get().round() >= round) {
            return before;
        }
        List<PackMove> known = before.map(IndexRoot::moves).orElse(List.of());
        List<PackMove> moves = moves(known, sweep);
        if (moves.equals(known) && shards.equals(Shards.of(before))) {
            return before;
        }
        IndexRoot mine =
                new IndexRoot(
                        round, Nonce.random(access.random()), shards.floor(), shards.list(), moves);
        Register.Content<IndexRoot> content =
                new Register.Content<>(
                        ObjectKind.INDEX_ROOT,
                        CommitKeys.indexRoot(round),
                        IndexRootFormat.encode(mine),
                        IndexRootFormat::decode,
                        mine::equals);
        return switch (register.decide(content, Register.ATTEMPTS)) {
            case Register.Decision.Mine<IndexRoot> _ -> Optional.of(mine);
            case Register.Decision.Others<IndexRoot>(IndexRoot winner) -> Optional.of(winner);
            case Register.Decision.Absent<IndexRoot> _ ->
                    throw new IllegalStateException("left without a decision");
        };
    }

    /// Every move of which a target stands in no sweep, or was moved on. A row of which all targets
    /// are gone has nothing to say any more.
    static List<PackMove> moves(List<PackMove> known, CollectionSweep sweep) {
        Map<PackId, PackMove> all = new HashMap<>();
        known.forEach(move -> all.put(move.victim().id(), move));
        sweep.moves().forEach(move -> all.put(move.victim().id(), move));
        Set<PackId> deleted = sweep.packs();
        // What an earlier round deleted without moving it stands in no row any more.
        boolean changed = true;
        while (changed) {
            changed = false;
            for (PackMove move : List.copyOf(all.values())) {
                List<PackName> left =
                        move.targets().stream()
                                .filter(
                                        target ->
                                                !deleted.contains(target.id())
                                                        || all.containsKey(target.id()))
                                .toList();
                if (left.isEmpty()) {
                    all.remove(move.victim().id());
                    deleted.add(move.victim().id());
                    changed = true;
                } else if (left.size() < move.targets().size()) {
                    all.put(move.victim().id(), new PackMove(move.victim(), left));
                }
            }
        }
        return all.values().stream()
                .sorted(java.util.Comparator.comparing(PackMove::victim))
                .toList();
    }

    /// Removes roots that newer ones have replaced.
    public void prune() {
        List<Long> rounds = rounds();
        for (long old : rounds.subList(0, Math.max(0, rounds.size() - KEPT))) {
            access.store().delete(CommitKeys.indexRoot(old));
        }
    }

    private List<Long> rounds() {
        List<Long> rounds = new ArrayList<>();
        records.list(
                CommitKeys.INDEX_ROOTS,
                "",
                listed -> CommitKeys.indexRootRound(listed.key()).ifPresent(rounds::add));
        return rounds;
    }

    /// The packs that a plan's copies went to.
    public static Set<PackId> targets(CollectionPlan plan) {
        Set<PackId> targets = new HashSet<>();
        plan.moves().forEach(move -> move.targets().forEach(target -> targets.add(target.id())));
        return targets;
    }
}
