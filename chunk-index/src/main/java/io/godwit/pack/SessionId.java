package io.godwit.pack;

import java.util.random.RandomGenerator;

/// Names one writer's run: the newest collection plan it knew when it opened, and 96 random bits.
///
/// Written `<plan, 16 hex digits>-<24 hex digits>`, so that ids sort by plan and nobody else can
/// own the name.
public record SessionId(long plan, long randomHigh, int randomLow)
        implements Comparable<SessionId> {
    public SessionId {
        if (plan < 0) {
            throw new IllegalArgumentException("negative plan: " + plan);
        }
    }

    /// A new id; `random` is unpredictable outside of simulations.
    public static SessionId random(long plan, RandomGenerator random) {
        return new SessionId(plan, random.nextLong(), random.nextInt());
    }

    /// Reads the written form.
    ///
    /// @throws IllegalArgumentException when `text` is not one
    public static SessionId parse(String text) {
        if (text.length() != 41 || text.charAt(16) != '-') {
            throw new IllegalArgumentException("not a session id: " + text);
        }
        return new SessionId(
                Long.parseUnsignedLong(text, 0, 16, 16),
                Long.parseUnsignedLong(text, 17, 33, 16),
                Integer.parseUnsignedInt(text, 33, 41, 16));
    }

    @Override
    public int compareTo(SessionId other) {
        int order = Long.compareUnsigned(plan, other.plan);
        if (order == 0) {
            order = Long.compareUnsigned(randomHigh, other.randomHigh);
        }
        return order == 0 ? Integer.compareUnsigned(randomLow, other.randomLow) : order;
    }

    @Override
    public String toString() {
        return "%016x-%016x%08x".formatted(plan, randomHigh, randomLow);
    }
}
