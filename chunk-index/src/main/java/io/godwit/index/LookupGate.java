package io.godwit.index;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/// Lets one thread wait until everybody who read an older state is done with it, and costs the
/// readers two atomic additions.
///
/// Readers count themselves in and out under the current phase, each in a stripe of its own thread.
/// Who changed the state turns the phase and waits until the counts of the phase before are down:
/// readers that came later are counted elsewhere, so that a steady stream of them delays nobody.
public final class LookupGate {
    private static final int STRIPES = 16;

    /// One cache line an entry, so that readers of different stripes do not disturb each other.
    private static final int SPACING = 16;

    private static final long PAUSE_NANOS = 50_000;

    private final AtomicIntegerArray inside = new AtomicIntegerArray(2 * STRIPES * SPACING);
    private final Object turning = new Object();
    private final Runnable waiting;
    private volatile int phase;

    public LookupGate() {
        this(() -> LockSupport.parkNanos(PAUSE_NANOS));
    }

    /// @param waiting lets a little time pass
    LookupGate(Runnable waiting) {
        this.waiting = waiting;
    }

    /// A stretch of use; closed by the thread that opened it, once.
    public final class Use implements AutoCloseable {
        private final int slot;
        private boolean open = true;

        private Use(int slot) {
            this.slot = slot;
        }

        @Override
        public void close() {
            if (open) {
                open = false;
                inside.decrementAndGet(slot);
            }
        }
    }

    /// Opens a use. What the caller reads from now on is either the newest state or waited for.
    public Use enter() {
        return new Use(enterSlot());
    }

    int enterSlot() {
        int stripe = (int) (Thread.currentThread().threadId() % STRIPES);
        while (true) {
            int seen = phase;
            int slot = (seen * STRIPES + stripe) * SPACING;
            inside.incrementAndGet(slot);
            if (phase == seen) {
                return slot;
            }
            inside.decrementAndGet(slot);
        }
    }

    void leaveSlot(int slot) {
        inside.decrementAndGet(slot);
    }

    /// Waits until every use that was open when this was called has ended. The caller has published
    /// its change before, and holds no use itself: it would wait for ever.
    public void await() {
        synchronized (turning) {
            int old = phase;
            phase = 1 - old;
            while (anyoneIn(old)) {
                waiting.run();
            }
        }
    }

    private boolean anyoneIn(int old) {
        for (int stripe = 0; stripe < STRIPES; stripe++) {
            if (inside.get((old * STRIPES + stripe) * SPACING) != 0) {
                return true;
            }
        }
        return false;
    }
}
