package io.godwit.copy;

import io.godwit.pipeline.RunProgress;

/// Counters of a copy over all of its snapshots; one thread begins and ends them, any thread reads.
public final class CopyProgress {
    private final RunProgress ended = new RunProgress();
    private RunProgress current = new RunProgress();
    private long currentSize;

    /// A snapshot begins; returns its own counters.
    synchronized RunProgress begin(long sizeBytes) {
        current = new RunProgress();
        currentSize = sizeBytes;
        return current;
    }

    /// The snapshot is dealt with, however little of it was read.
    synchronized void end() {
        ended.doneBytes.add(currentSize);
        ended.readBytes.add(current.readBytes.sum());
        ended.newBytes.add(current.newBytes.sum());
        ended.storedBytes.add(current.storedBytes.sum());
        current = new RunProgress();
        currentSize = 0;
    }

    /// Bytes of the snapshots to copy that are dealt with.
    public synchronized long doneBytes() {
        return ended.doneBytes.sum() + Math.min(current.doneBytes.sum(), currentSize);
    }

    public synchronized long readBytes() {
        return ended.readBytes.sum() + current.readBytes.sum();
    }

    public synchronized long newBytes() {
        return ended.newBytes.sum() + current.newBytes.sum();
    }

    public synchronized long storedBytes() {
        return ended.storedBytes.sum() + current.storedBytes.sum();
    }
}
