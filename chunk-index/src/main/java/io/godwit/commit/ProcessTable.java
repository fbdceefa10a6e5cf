package io.godwit.commit;

/// Whether a process of this host still runs.
@FunctionalInterface
public interface ProcessTable {
    /// False only when it certainly is gone.
    boolean alive(long pid, long startTicks);
}
