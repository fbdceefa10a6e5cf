package io.godwit.simulation.repository;

import io.godwit.simulation.repository.Conduct.Role;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/// Every mistake that is planted, by name. Each stands for a clause of the protocol that is left
/// out.
final class PlantedMistakes {
    private static final Set<Role> WRITERS = EnumSet.of(Role.WRITER, Role.COPIER);
    private static final Set<Role> COLLECTORS = EnumSet.of(Role.COLLECTOR);

    /// Not found within the seeds that the build runs: they need several rare things at once.
    static final Set<String> RARE =
            Set.of(
                    "ack-after-commit-sent",
                    "adopt-unchecked",
                    "adopt-undecided",
                    "adopted-not-owned",
                    "clean-up-before-entry",
                    "failed-list-is-the-end",
                    "list-before-open",
                    "outcome-deleted-first",
                    "own-plan-followed",
                    "pin-not-re-checked",
                    "pin-tombstone-only",
                    "pins-ignored",
                    "snap-before-sessions");

    private final Map<String, Supplier<Conduct.Maker>> all = new LinkedHashMap<>();

    private PlantedMistakes() {
        plantWriters();
        plantCollectors();
    }

    /// By name, in the order of the documentation.
    static Map<String, Supplier<Conduct.Maker>> all() {
        return new PlantedMistakes().all;
    }

    private void plant(String name, Set<Role> roles, Function<Conduct.World, Conduct> conduct) {
        all.put(
                name,
                () -> (role, world) -> roles.contains(role) ? conduct.apply(world) : new Conduct());
    }

    private void plantWriters() {
        plant("412-taken-for-another", WRITERS, WriterMistakes::takesWhatIsThereForSomebodyElses);
        plant("take-over-without-pin", WRITERS, WriterMistakes::takesPagesOverWithoutPin);
        plant("ack-before-look-ups-end", WRITERS, WriterMistakes::acknowledgesBeforeLookupsEnd);
        plant("ack-before-stored-again", WRITERS, WriterMistakes::acknowledgesBeforeItStoresAgain);
        plant("ack-and-nothing-else", WRITERS, WriterMistakes::acknowledgesAndDoesNothing);
        plant("ack-after-commit-sent", WRITERS, WriterMistakes::acknowledgesAfterItsCommitWasSent);
        plant("list-before-open", WRITERS, WriterMistakes::listsPlansBeforeItOpens);
        plant("go-on-with-newer-plan", WRITERS, WriterMistakes::goesOnWhenAPlanIsNewer);
        plant("undecided-plan-not-applied", WRITERS, WriterMistakes::appliesNoUndecidedPlan);
        plant("stale-cache-hit", WRITERS, WriterMistakes::appliesNoSweep);
        plant("commit-without-open", WRITERS, WriterMistakes::believesItsCommitWithoutOpen);
        plant("abort-without-open", WRITERS, WriterMistakes::believesAnAbortWithoutOpen);
        plant("entry-in-snap-only", WRITERS, WriterMistakes::looksForItsEntryInSnapOnly);
        plant("open-sent-twice", WRITERS, WriterMistakes::sendsOpenTwice);
        plant("pin-not-re-checked", WRITERS, WriterMistakes::doesNotCheckPinsAgain);
        plant("pin-tombstone-only", WRITERS, WriterMistakes::checksPinsForTombstonesOnly);
        plant("adopt-unchecked", WRITERS, WriterMistakes::adoptsWithoutCheckingSweeps);
        plant("adopt-undecided", WRITERS, WriterMistakes::adoptsWhatUndecidedPlansCondemn);
        plant("pack-not-durable", WRITERS, PackMistakes::saysThatPacksAreThereTooEarly);
        plant("pack-behind-commit", WRITERS, PackMistakes::putsPacksBehindTheCommit);
        plant("first-page-of-plans", WRITERS, WriterMistakes::looksAtTheFirstPageOfPlansOnly);
        plant(
                "undelete-unchecked",
                EnumSet.of(Role.FORGETTER),
                WriterMistakes::bringsBackWithoutLookingAtSweeps);
    }

    private void plantCollectors() {
        plant("owner-not-in-name", COLLECTORS, CollectorMistakes::doesNotKnowOwnersByName);
        all.put(
                "outcome-without-open",
                () -> {
                    Map<String, byte[]> deleted = new TreeMap<>();
                    return (_, world) ->
                            CollectorMistakes.countsOutcomesWithoutOpen(world, deleted);
                });
        plant("no-wait-for-acks", COLLECTORS, CollectorMistakes::doesNotWaitForAnswers);
        plant("no-second-mark", COLLECTORS, CollectorMistakes::doesNotMarkAgain);
        plant("outcome-deleted-first", COLLECTORS, CollectorMistakes::deletesOutcomesBeforeOpens);
        plant(
                "floor-without-undecided",
                COLLECTORS,
                CollectorMistakes::leavesUndecidedSessionsOutOfTheFloor);
        plant(
                "floor-of-first-reading",
                COLLECTORS,
                CollectorMistakes::takesTheFloorFromTheFirstReading);
        plant(
                "checkpoint-incomplete",
                COLLECTORS,
                CollectorMistakes::leavesASnapshotOutOfTheCheckpoint);
        plant("adopted-not-owned", COLLECTORS, CollectorMistakes::doesNotCountAdoptedPacksAsOwned);
        plant("pins-ignored", COLLECTORS, CollectorMistakes::ignoresPins);
        plant("snap-before-sessions", COLLECTORS, ReadingMistakes::readsSnapBeforeSessions);
        plant("clean-up-before-entry", COLLECTORS, CollectorMistakes::cleansUpBeforeEntriesStand);
        plant(
                "tombstones-behind-sessions",
                COLLECTORS,
                ReadingMistakes::readsTombstonesBehindSessions);
        plant("delete-at-plan", COLLECTORS, CollectorMistakes::deletesWhatThePlanCondemns);
        plant("checkpoint-lost", COLLECTORS, CollectorMistakes::goesOnWithoutItsCheckpoint);
        plant(
                "fence-without-abort",
                COLLECTORS,
                CollectorMistakes::givesSessionsUpWithoutTellingThem);
        plant(
                "first-page-of-sessions",
                COLLECTORS,
                ReadingMistakes::looksAtTheFirstPageOfSessionsOnly);
        plant(
                "first-page-of-entries",
                COLLECTORS,
                ReadingMistakes::looksAtTheFirstPageOfEntriesOnly);
        plant("failed-read-is-nothing", COLLECTORS, ReadingMistakes::takesAFailedReadForNothing);
        plant("failed-list-is-the-end", COLLECTORS, ReadingMistakes::takesAFailedListForTheEnd);
        plant("tombstones-deleted", COLLECTORS, CollectorMistakes::deletesTombstonesTooEarly);
        plant("segments-deleted", COLLECTORS, CollectorMistakes::deletesSegmentsOfLivingPacks);
        plant("own-plan-followed", COLLECTORS, CollectorMistakes::followsItsOwnPlan);
        plant(
                "checkpoint-before-snap",
                EnumSet.allOf(Role.class),
                ReadingMistakes::readsTheCheckpointBeforeSnap);
    }
}
