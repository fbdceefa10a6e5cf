package io.godwit.commit;

import io.godwit.format.ObjectKind;
import io.godwit.pack.PackId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Where the chunks of repacked packs lie now, as the newest `idx/root` says. Immutable: a reader
/// that does not find a pack reads the moves again, and asks once more.
public final class PackMoves {
    private final long round;
    private final Map<PackId, List<PackName>> targets;

    private PackMoves(long round, List<PackMove> moves) {
        this.round = round;
        this.targets = new HashMap<>();
        moves.forEach(move -> targets.put(move.victim().id(), move.targets()));
    }

    /// No moves at all.
    public static PackMoves none() {
        return new PackMoves(0, List.of());
    }

    /// Reads the newest list; an empty one when no collection has published any.
    public static PackMoves read(RepositoryAccess access) {
        return newestRoot(access)
                .map(root -> new PackMoves(root.round(), root.moves()))
                .orElseGet(PackMoves::none);
    }

    /// The newest list of live index shards.
    public static Optional<IndexRoot> newestRoot(RepositoryAccess access) {
        RecordStore records = new RecordStore(access);
        List<Long> rounds = new ArrayList<>();
        records.list(
                CommitKeys.INDEX_ROOTS,
                "",
                listed -> CommitKeys.indexRootRound(listed.key()).ifPresent(rounds::add));
        // Older ones may go while we look; one that is newer than all of them was published before.
        for (long round : rounds.reversed()) {
            Optional<IndexRoot> root =
                    records.get(
                            ObjectKind.INDEX_ROOT,
                            CommitKeys.indexRoot(round),
                            IndexRootFormat::decode);
            if (root.isPresent()) {
                return root;
            }
        }
        return Optional.empty();
    }

    /// The round whose list this is; 0 for none.
    public long round() {
        return round;
    }

    /// Whether the pack was repacked.
    public boolean moved(PackId pack) {
        return targets.containsKey(pack);
    }

    /// The packs where what was in `pack` lies now, through moves of moves; empty when it was not
    /// moved.
    public Set<PackName> targets(PackId pack) {
        Set<PackName> found = new LinkedHashSet<>();
        follow(pack, found, new HashSet<>());
        return found;
    }

    private void follow(PackId pack, Set<PackName> found, Set<PackId> seen) {
        if (!seen.add(pack)) {
            return;
        }
        for (PackName target : targets.getOrDefault(pack, List.of())) {
            if (targets.containsKey(target.id())) {
                follow(target.id(), found, seen);
            } else {
                found.add(target);
            }
        }
    }
}
