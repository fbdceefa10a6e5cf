package io.godwit.device;

/// What a target is, as found when it was opened.
///
/// @param kind how it is written
/// @param path where it is, without symbolic links; `-` for a stream
/// @param sizeBytes what it can hold
/// @param blockBytes its logical block: 512 or more for a device, else 1
/// @param blank whether all of it was zero when it was opened, as a new file is: holes need no
///     zeros then
public record TargetFacts(Kind kind, String path, long sizeBytes, int blockBytes, boolean blank) {
    /// How a target is written.
    public enum Kind {
        /// A sparse raw image, through the page cache.
        FILE,
        /// A block device, past the page cache.
        DEVICE,
        /// Something that is written once, from its start.
        STREAM
    }

    public TargetFacts {
        if (sizeBytes < 0 || blockBytes < 1) {
            throw new IllegalArgumentException(
                    "bad target facts: size=" + sizeBytes + " block=" + blockBytes);
        }
    }
}
