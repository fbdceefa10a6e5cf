package io.godwit.volume;

/// What the run that made a snapshot did, in bytes.
///
/// @param changedBytes of blocks that differ from the parent
/// @param newBytes of new chunks, plain
/// @param storedBytes written to the store until the root was sealed, metadata too
public record RunStatistics(long changedBytes, long newBytes, long storedBytes) {
    public static final RunStatistics NONE = new RunStatistics(0, 0, 0);

    public RunStatistics {
        if (changedBytes < 0 || newBytes < 0 || storedBytes < 0) {
            throw new IllegalArgumentException(
                    "negative statistics: changed="
                            + changedBytes
                            + " new="
                            + newBytes
                            + " stored="
                            + storedBytes);
        }
    }
}
