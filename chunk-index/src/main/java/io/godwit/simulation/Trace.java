package io.godwit.simulation;

import java.util.ArrayList;
import java.util.List;

/// What happened, line by line. Two runs of one seed have equal traces.
public final class Trace {
    private final boolean kept;
    private final List<String> lines = new ArrayList<>();
    private final List<String> strokes = new ArrayList<>();
    private long digest = 0xcbf29ce484222325L;
    private long count;

    /// @param kept whether lines stay readable; else only their digest does
    Trace(boolean kept) {
        this.kept = kept;
    }

    void add(long nanos, String who, String what) {
        count++;
        mix(nanos);
        mix(who.hashCode());
        mix(what.hashCode());
        if (kept) {
            lines.add("%13.3f s  %-12s %s".formatted(nanos / 1e9, who, what));
        }
    }

    private void mix(long value) {
        digest = (digest ^ value) * 0x100000001b3L;
        digest ^= digest >>> 29;
    }

    void stroke(String stroke, String what) {
        strokes.add(stroke);
        mix(stroke.hashCode());
        if (kept) {
            lines.add("                 %-12s ! %s (%s)".formatted("", what, stroke));
        }
    }

    /// Empty unless they were kept.
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /// What went wrong, by name.
    public List<String> strokes() {
        return List.copyOf(strokes);
    }

    /// Of everything that happened, in order.
    public String digest() {
        return "%016x/%d".formatted(digest, count);
    }
}
