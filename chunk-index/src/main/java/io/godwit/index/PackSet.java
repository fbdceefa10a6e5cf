package io.godwit.index;

import io.godwit.pack.PackId;
import io.godwit.pack.SessionId;
import java.util.Arrays;
import java.util.Collection;

/// An immutable set of packs that is asked with plain numbers, once for every chunk that is found.
final class PackSet {
    static final PackSet EMPTY = new PackSet(new long[3], 0, 0);

    /// Three words a pack: plan, random high, random low and counter. A free place has plan -1.
    private final long[] places;

    private final int mask;
    private final int size;

    private PackSet(long[] places, int mask, int size) {
        this.places = places;
        this.mask = mask;
        this.size = size;
    }

    int size() {
        return size;
    }

    boolean contains(PackId pack) {
        SessionId owner = pack.owner();
        return contains(owner.plan(), owner.randomHigh(), owner.randomLow(), pack.counter());
    }

    boolean contains(long plan, long high, int low, int counter) {
        if (size == 0) {
            return false;
        }
        long rest = rest(low, counter);
        int place = place(high, rest) & mask;
        while (places[3 * place] != -1) {
            if (places[3 * place + 1] == high
                    && places[3 * place + 2] == rest
                    && places[3 * place] == plan) {
                return true;
            }
            place = place + 1 & mask;
        }
        return false;
    }

    /// This set and `more` together.
    PackSet with(Collection<PackId> more) {
        if (more.isEmpty()) {
            return this;
        }
        int capacity = Integer.highestOneBit(Math.max(8, size + more.size())) * 4;
        long[] grown = new long[3 * capacity];
        Arrays.fill(grown, -1);
        int count = copyTo(grown, capacity - 1);
        for (PackId pack : more) {
            SessionId owner = pack.owner();
            long rest = rest(owner.randomLow(), pack.counter());
            count += insert(grown, capacity - 1, owner.plan(), owner.randomHigh(), rest);
        }
        return new PackSet(grown, capacity - 1, count);
    }

    /// This set and `other` together.
    PackSet with(PackSet other) {
        if (size == 0 || other.size == 0) {
            return size == 0 ? other : this;
        }
        int capacity = Integer.highestOneBit(size + other.size) * 4;
        long[] grown = new long[3 * capacity];
        Arrays.fill(grown, -1);
        int count = copyTo(grown, capacity - 1) + other.copyTo(grown, capacity - 1);
        return new PackSet(grown, capacity - 1, count);
    }

    /// Returns how many were not there.
    private int copyTo(long[] grown, int grownMask) {
        int count = 0;
        for (int place = 0; size > 0 && place <= mask; place++) {
            int at = 3 * place;
            if (places[at] != -1) {
                count += insert(grown, grownMask, places[at], places[at + 1], places[at + 2]);
            }
        }
        return count;
    }

    private static int insert(long[] places, int mask, long plan, long high, long rest) {
        int place = place(high, rest) & mask;
        while (places[3 * place] != -1) {
            if (places[3 * place] == plan
                    && places[3 * place + 1] == high
                    && places[3 * place + 2] == rest) {
                return 0;
            }
            place = place + 1 & mask;
        }
        places[3 * place] = plan;
        places[3 * place + 1] = high;
        places[3 * place + 2] = rest;
        return 1;
    }

    private static long rest(int low, int counter) {
        return (long) low << 32 | Integer.toUnsignedLong(counter);
    }

    private static int place(long high, long rest) {
        long mixed = (high ^ rest) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32);
    }
}
