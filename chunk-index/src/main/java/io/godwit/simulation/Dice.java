package io.godwit.simulation;

import java.util.SplittableRandom;
import java.util.function.Predicate;

/// Chance of one source by name, so that what one process does shifts nobody else's luck.
///
/// Everything that goes wrong is decided by [#strikes]: each stroke has a name of its own, by which
/// a shrinker takes it out of the history. Used by whoever holds the kernel's turn.
public final class Dice {
    private final String name;
    private final SplittableRandom random;
    private final Predicate<String> spared;
    private final Trace trace;
    private int strokes;

    Dice(String name, long seed, Predicate<String> spared, Trace trace) {
        this.name = name;
        this.random = new SplittableRandom(seed ^ mixed(name));
        this.spared = spared;
        this.trace = trace;
    }

    private static long mixed(String name) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    /// Whether something goes wrong here and now.
    public boolean strikes(String what, double probability) {
        boolean struck = random.nextDouble() < probability;
        if (!struck) {
            return false;
        }
        String stroke = name + "/" + ++strokes;
        if (spared.test(stroke)) {
            return false;
        }
        trace.stroke(stroke, what);
        return true;
    }

    public boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /// From 0 to `bound - 1`.
    public int below(int bound) {
        return random.nextInt(bound);
    }

    /// From `low` to `high`, each order of magnitude as likely as any other.
    public long spread(long low, long high) {
        double exponent = random.nextDouble() * Math.log((double) high / low);
        return (long) (low * Math.exp(exponent));
    }

    public long nextLong() {
        return random.nextLong();
    }
}
