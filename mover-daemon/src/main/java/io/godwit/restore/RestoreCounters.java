package io.godwit.restore;

import io.godwit.device.Extent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// What a restore has done so far; any thread adds, anybody reads.
public final class RestoreCounters {
    /// Keeps the list of what is bad from growing with the volume: neighbours are merged before it
    /// is cut off.
    private static final int MAX_BAD = 100_000;

    public final LongAdder doneBytes = new LongAdder();
    public final LongAdder fetchedBytes = new LongAdder();
    public final LongAdder writtenBytes = new LongAdder();
    public final LongAdder skippedBytes = new LongAdder();

    private final List<Extent> bad = new ArrayList<>();
    private final List<String> reasons = new ArrayList<>();

    /// Notes bytes of the target that could not be restored.
    synchronized void bad(long offset, long length, String reason) {
        if (bad.size() < MAX_BAD) {
            bad.add(new Extent(offset, length));
        }
        if (reasons.size() < 20 && !reasons.contains(reason)) {
            reasons.add(reason);
        }
    }

    /// What could not be restored, in order, neighbours merged.
    public synchronized List<Extent> badExtents() {
        List<Extent> sorted = new ArrayList<>(bad);
        sorted.sort(Comparator.comparingLong(Extent::offset));
        List<Extent> merged = new ArrayList<>();
        for (Extent extent : sorted) {
            Extent last = merged.isEmpty() ? null : merged.getLast();
            if (last != null && extent.offset() <= last.end()) {
                long end = Math.max(last.end(), extent.end());
                merged.set(merged.size() - 1, new Extent(last.offset(), end - last.offset()));
            } else {
                merged.add(extent);
            }
        }
        return merged;
    }

    /// The first different reasons, for people.
    public synchronized List<String> reasons() {
        return List.copyOf(reasons);
    }
}
