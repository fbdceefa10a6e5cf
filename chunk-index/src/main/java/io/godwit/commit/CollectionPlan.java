package io.godwit.commit;

import io.godwit.pack.PackId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// `gc/<n>/plan`: from its publication on, no new reference into a condemned pack or a victim.
///
/// @param condemned packs that the mark did not reach, sorted
/// @param moves victims, whose live chunks have been copied, sorted by victim
public record CollectionPlan(
        long round,
        Nonce nonce,
        HostIdentity leader,
        List<PackName> condemned,
        List<PackMove> moves) {
    public CollectionPlan {
        condemned = Rounds.sorted(condemned);
        moves = Rounds.sortedMoves(moves);
        Rounds.requireRound(round);
    }

    /// Everything that must not be referenced any more: condemned packs and victims.
    public Set<PackId> unusable() {
        Set<PackId> packs = new HashSet<>();
        condemned.forEach(pack -> packs.add(pack.id()));
        moves.forEach(move -> packs.add(move.victim().id()));
        return packs;
    }
}
