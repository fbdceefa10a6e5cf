package io.godwit.commit;

import io.godwit.pack.PackId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// `gc/<n>/sweep`: what a round deletes, decided once.
///
/// @param deleted packs, victims included, sorted
/// @param moves of the victims among them
public record CollectionSweep(
        long round,
        Nonce nonce,
        HostIdentity leader,
        List<PackName> deleted,
        List<PackMove> moves) {
    public CollectionSweep {
        deleted = Rounds.sorted(deleted);
        moves = Rounds.sortedMoves(moves);
        Rounds.requireRound(round);
    }

    public Set<PackId> packs() {
        Set<PackId> packs = new HashSet<>();
        deleted.forEach(pack -> packs.add(pack.id()));
        return packs;
    }
}
