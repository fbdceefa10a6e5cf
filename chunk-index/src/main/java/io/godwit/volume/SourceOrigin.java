package io.godwit.volume;

import java.nio.charset.StandardCharsets;

/// Where a snapshot's bytes came from, as far as it was told; empty where it was not.
///
/// A later run may lay a list of changed blocks over this snapshot only when driver, handle and
/// change id agree.
///
/// @param driver of the storage, for example a CSI driver's name
/// @param volumeHandle what the driver calls the volume
/// @param changeId what the driver calls this point of it
/// @param fileSystem found on it, for people
public record SourceOrigin(String driver, String volumeHandle, String changeId, String fileSystem) {
    /// No driver is known to need more; a root stays small.
    public static final int MAX_FACT_BYTES = 4096;

    /// A source that nothing is known of.
    public static final SourceOrigin UNKNOWN = new SourceOrigin("", "", "", "");

    public SourceOrigin {
        requireShort("driver", driver);
        requireShort("volume handle", volumeHandle);
        requireShort("change id", changeId);
        requireShort("file system", fileSystem);
    }

    private static void requireShort(String fact, String value) {
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_FACT_BYTES) {
            throw new IllegalArgumentException(fact + " too long: bytes=" + bytes);
        }
    }
}
