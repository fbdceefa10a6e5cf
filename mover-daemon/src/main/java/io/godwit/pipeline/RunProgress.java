package io.godwit.pipeline;

import java.util.concurrent.atomic.LongAdder;

/// Counters of a run that others may read at any time; the workers add to them.
public final class RunProgress {
    /// Bytes of the volume that are dealt with, read or not.
    public final LongAdder doneBytes = new LongAdder();

    public final LongAdder readBytes = new LongAdder();
    public final LongAdder changedBytes = new LongAdder();
    public final LongAdder newBytes = new LongAdder();
    public final LongAdder storedBytes = new LongAdder();
}
