package io.godwit.collect;

import io.godwit.commit.CollectionPlan;
import io.godwit.commit.CommitKeys;
import io.godwit.commit.CondemnedListener;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackId;
import java.util.Collections;
import java.util.Set;

/// Ends a session rather than let it acknowledge a plan that condemns what it refers to.
final class Condemnation implements CondemnedListener {
    private final String what;
    private Set<PackId> packs = Set.of();

    /// @param what needs the packs, for messages
    Condemnation(String what) {
        this.what = what;
    }

    void watch(Set<PackId> needed) {
        packs = needed;
    }

    @Override
    public void onCondemned(CollectionPlan plan, Set<PackId> condemned) {
        if (!Collections.disjoint(packs, condemned)) {
            throw new GodwitException(
                            FailureKind.FENCED,
                            "a collection has condemned what %s needs: round=%d"
                                    .formatted(what, plan.round()))
                    .withObject(CommitKeys.plan(plan.round()).value())
                    .withHint("run it again");
        }
    }
}
