package io.godwit.commit;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import io.godwit.pack.PackId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What collections publish: `gc/`. Plan, sweep and done of a round are decided once, whoever is
/// first.
public final class CollectionRecords {
    private final RecordStore records;
    private final Register register;

    public CollectionRecords(RepositoryAccess access) {
        this.records = new RecordStore(access);
        this.register = new Register(access);
    }

    // ---- deciding

    /// G2. Publishes a plan unless its round has one, and returns the one that stands.
    public CollectionPlan decide(CollectionPlan mine) {
        return decide(
                new Register.Content<>(
                        ObjectKind.PLAN,
                        CommitKeys.plan(mine.round()),
                        CollectionFormat.encode(mine),
                        CollectionFormat::plan,
                        mine::equals),
                mine);
    }

    /// G5. Publishes a sweep unless its round has one, and returns the one that stands.
    public CollectionSweep decide(CollectionSweep mine) {
        return decide(
                new Register.Content<>(
                        ObjectKind.SWEEP,
                        CommitKeys.sweep(mine.round()),
                        CollectionFormat.encode(mine),
                        CollectionFormat::sweep,
                        mine::equals),
                mine);
    }

    /// The end of G6. Says that a round is done unless somebody has, and returns what stands.
    public CollectionDone decide(CollectionDone mine) {
        return decide(
                new Register.Content<>(
                        ObjectKind.DONE,
                        CommitKeys.done(mine.round()),
                        CollectionFormat.encode(mine),
                        CollectionFormat::done,
                        mine::equals),
                mine);
    }

    private <T> T decide(Register.Content<T> content, T mine) {
        return switch (register.decide(content, Register.ATTEMPTS)) {
            case Register.Decision.Mine<T> _ -> mine;
            case Register.Decision.Others<T>(T winner) -> winner;
            case Register.Decision.Absent<T> _ ->
                    throw new IllegalStateException("left without a decision");
        };
    }

    // ---- reading

    /// The newest round that has a plan; 0 for none.
    public long newestPlan() {
        List<Long> rounds = plansFrom(1);
        return rounds.isEmpty() ? 0 : rounds.getLast();
    }

    /// What one listing shows.
    ///
    /// @param plans rounds with a plan, in order
    /// @param losses number of the newest list of losses; 0 for none
    record Published(List<Long> plans, long losses) {}

    /// Rounds with a plan, from `first` (at least 1) on, in order.
    public List<Long> plansFrom(long first) {
        return publishedFrom(first).plans();
    }

    /// The same, and what is lost.
    Published publishedFrom(long first) {
        List<Long> rounds = new ArrayList<>();
        long[] losses = {0};
        // The last name of a round is `sweep`; a listing from `~` of the round before starts at
        // `first`.
        String after = CommitKeys.ROUNDS + Hex.digits(Math.max(0, first - 1)) + "/~";
        records.list(
                CommitKeys.ROUNDS,
                after,
                listed -> {
                    CommitKeys.planRound(listed.key()).ifPresent(rounds::add);
                    CommitKeys.lossesNumber(listed.key()).ifPresent(number -> losses[0] = number);
                });
        return new Published(rounds, losses[0]);
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
    public Set<PackId> unusable(long round, Optional<CollectionSweep> sweep) {
        return sweep.map(CollectionSweep::packs).orElseGet(() -> listedPlan(round).unusable());
    }

    public Optional<CollectionSweep> sweep(long round) {
        return records.get(ObjectKind.SWEEP, CommitKeys.sweep(round), CollectionFormat::sweep);
    }

    public Optional<CollectionDone> done(long round) {
        return records.get(ObjectKind.DONE, CommitKeys.done(round), CollectionFormat::done);
    }
}
