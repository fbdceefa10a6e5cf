package io.godwit.collect;

import io.godwit.commit.CollectionPlan;
import io.godwit.commit.CommitKeys;
import io.godwit.commit.CondemnedListener;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackId;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Ends a session rather than let it acknowledge a plan that condemns what it refers to, or refer to
/// what a plan condemns that it has acknowledged. Used by one thread at a time.
final class Condemnation implements CondemnedListener {
    private final String what;
    private final Set<PackId> needed = new HashSet<>();
    private final Map<PackId, Long> condemned = new HashMap<>();

    /// @param what needs the packs, for messages
    Condemnation(String what) {
        this.what = what;
    }

    void watch(Set<PackId> packs) {
        packs.forEach(this::need);
    }

    void need(PackId pack) {
        Long round = condemned.get(pack);
        if (round != null) {
            throw fenced(round);
        }
        needed.add(pack);
    }

    Set<PackId> needed() {
        return needed;
    }

    @Override
    public void onCondemned(CollectionPlan plan, Set<PackId> unusable) {
        if (!Collections.disjoint(needed, unusable)) {
            throw fenced(plan.round());
        }
        unusable.forEach(pack -> condemned.put(pack, plan.round()));
    }

    private GodwitException fenced(long round) {
        return new GodwitException(
                        FailureKind.FENCED,
                        "a collection has condemned what %s needs: round=%d".formatted(what, round))
                .withObject(CommitKeys.plan(round).value())
                .withHint("run it again");
    }
}
