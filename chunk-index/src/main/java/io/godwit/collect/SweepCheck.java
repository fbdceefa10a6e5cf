package io.godwit.collect;

import io.godwit.commit.CollectionPlan;
import io.godwit.commit.CollectionSweep;
import io.godwit.commit.CommitKeys;
import io.godwit.commit.PackMove;
import io.godwit.commit.PackName;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// What every leader asks before it deletes: whoever decided the sweep, it lies within its plan,
/// and nothing that this leader has found to be needed stands in it.
final class SweepCheck {
    private SweepCheck() {}

    /// @throws GodwitException `CORRUPT`
    static void require(CollectionPlan plan, CollectionSweep sweep, Holdings held) {
        Map<PackId, PackMove> planned = new HashMap<>();
        plan.moves().forEach(move -> planned.put(move.victim().id(), move));
        Set<PackId> condemned = plan.unusable();
        condemned.removeAll(planned.keySet());
        Set<PackId> moved = new HashSet<>();
        for (PackMove move : sweep.moves()) {
            if (!move.equals(planned.get(move.victim().id()))) {
                throw refusal(sweep, "its plan does not move pack " + move.victim());
            }
            moved.add(move.victim().id());
        }
        for (PackName pack : sweep.deleted()) {
            boolean isMoved = moved.remove(pack.id());
            if (!isMoved && !condemned.contains(pack.id())) {
                throw refusal(sweep, "its plan does not condemn pack " + pack);
            }
            if (isMoved ? held.holdVictim(pack.id()) : held.hold(pack.id())) {
                throw refusal(sweep, "a snapshot or a session needs pack " + pack);
            }
        }
        if (!moved.isEmpty()) {
            throw refusal(sweep, "it moves and keeps pack " + moved.iterator().next());
        }
    }

    private static GodwitException refusal(CollectionSweep sweep, String why) {
        return new GodwitException(
                        FailureKind.CORRUPT,
                        "sweep of round %d is wrong, so nothing is deleted: %s"
                                .formatted(sweep.round(), why))
                .withObject(CommitKeys.sweep(sweep.round()).value())
                .withHint("keep the repository as it is, and report this");
    }
}
