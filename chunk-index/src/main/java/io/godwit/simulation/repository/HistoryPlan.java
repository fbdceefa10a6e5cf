package io.godwit.simulation.repository;

import io.godwit.simulation.Dice;

/// Who takes part in a history, drawn from its seed.
///
/// @param volumes that are backed up, one or two regions each
/// @param writers nodes that back volumes up
/// @param runs of each writer, at most: sessions that end badly count
/// @param collectors nodes that collect
/// @param rounds of each collector
/// @param forgetters nodes that forget snapshots, and bring some back
/// @param restorers nodes that read snapshots, some with a pin
/// @param copiers nodes that copy snapshots into volumes of their own
/// @param adoption probability that a session adopts dead ones
record HistoryPlan(
        int volumes,
        int writers,
        int runs,
        int collectors,
        int rounds,
        int forgetters,
        int restorers,
        int copiers,
        double adoption) {
    static HistoryPlan draw(Dice dice) {
        return new HistoryPlan(
                1 + dice.below(2),
                1 + dice.below(3),
                2 + dice.below(3),
                1 + dice.below(2),
                4 + dice.below(10),
                dice.below(8) == 0 ? 0 : 1,
                dice.below(2),
                dice.below(3) == 0 ? 1 : 0,
                dice.chance(0.5) ? 0 : 0.8);
    }
}
