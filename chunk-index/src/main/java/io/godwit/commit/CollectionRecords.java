package io.godwit.commit;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import io.godwit.pack.PackId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads what collections publish: `gc/`.
public final class CollectionRecords {
    private final RecordStore records;

    public CollectionRecords(RepositoryAccess access) {
        this.records = new RecordStore(access);
    }

    /// Rounds with a plan, from `first` (at least 1) on, in order.
    public List<Long> plansFrom(long first) {
        List<Long> rounds = new ArrayList<>();
        // The last name of a round is `sweep`; a listing from `~` of the round before starts at
        // `first`.
        String after = CommitKeys.ROUNDS + Hex.digits(Math.max(0, first - 1)) + "/~";
        records.list(
                CommitKeys.ROUNDS,
                after,
                listed -> CommitKeys.planRound(listed.key()).ifPresent(rounds::add));
        return rounds;
    }

    public Optional<CollectionPlan> plan(long round) {
        return records.get(ObjectKind.PLAN, CommitKeys.plan(round), CollectionFormat::plan);
    }

    /// A plan that is listed.
    ///
    /// @throws GodwitException `CORRUPT` when it cannot be read
    public CollectionPlan listedPlan(long round) {
        return plan(round).orElseThrow(() -> missing(round));
    }

    private static GodwitException missing(long round) {
        return new GodwitException(
                        FailureKind.CORRUPT, "plan is listed and cannot be read: round=" + round)
                .withObject(CommitKeys.plan(round).value());
    }

    /// What a listed round forbids to use: what it deleted, or may delete while that is not
    /// decided.
    ///
    /// @param sweep as it was read just now
    Set<PackId> unusable(long round, Optional<CollectionSweep> sweep) {
        return sweep.map(CollectionSweep::packs).orElseGet(() -> listedPlan(round).unusable());
    }

    public Optional<CollectionSweep> sweep(long round) {
        return records.get(ObjectKind.SWEEP, CommitKeys.sweep(round), CollectionFormat::sweep);
    }

    public Optional<CollectionDone> done(long round) {
        return records.get(ObjectKind.DONE, CommitKeys.done(round), CollectionFormat::done);
    }
}
