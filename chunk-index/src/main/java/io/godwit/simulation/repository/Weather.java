package io.godwit.simulation.repository;

import io.godwit.simulation.Dice;
import java.time.Duration;

/// How bad things are in one history: drawn from its seed, so that some histories have many faults
/// of one kind and none of another.
///
/// @param latency of a store call, about
/// @param slow probability that a call takes very long
/// @param refused that it is refused without effect, as by a 503 or a 409
/// @param lost that the client gives up without an answer
/// @param resent that a put which created is answered as if somebody else had: a proxy sent it twice
/// @param late how long a put may be under way behind its client's back, at most
/// @param torn that a listing is not of one moment
/// @param page names in a page of a listing, at most
/// @param attempts of the retrying store
/// @param crash at each wait of a process
/// @param stop of a process for longer than anybody waits, at each wait
/// @param jump of a process's clock, at each start
/// @param cacheLoss at each start of a process
record Weather(
        Duration latency,
        double slow,
        double refused,
        double lost,
        double resent,
        Duration late,
        double torn,
        int page,
        int attempts,
        double crash,
        double stop,
        double jump,
        double cacheLoss) {
    /// Nothing goes wrong.
    static final Weather FINE =
            new Weather(
                    Duration.ofMillis(20),
                    0,
                    0,
                    0,
                    0,
                    Duration.ofSeconds(1),
                    0,
                    1000,
                    4,
                    0,
                    0,
                    0,
                    0);

    private static final int[] PAGES = {1, 2, 3, 5, 1000};

    static Weather draw(Dice dice) {
        return new Weather(
                Duration.ofMillis(dice.spread(5, 10_000)),
                sometimes(dice, 0.05),
                sometimes(dice, 0.08),
                sometimes(dice, 0.08),
                sometimes(dice, 0.10),
                Duration.ofMillis(dice.spread(1000, 7_200_000)),
                sometimes(dice, 0.3),
                PAGES[dice.below(PAGES.length)],
                1 + dice.below(4),
                sometimes(dice, 0.01),
                sometimes(dice, 0.005),
                sometimes(dice, 0.5),
                sometimes(dice, 0.5));
    }

    private static double sometimes(Dice dice, double most) {
        return dice.chance(0.5) ? 0 : most * (1 + dice.below(10)) / 10;
    }
}
