package io.godwit.device;

import java.time.Instant;

/// What a source is, as found when it was opened.
///
/// @param kind how it is read
/// @param path where it is, without symbolic links; `-` for a stream, its URI for an export
/// @param sizeBytes its size, or [BlockSource#UNKNOWN_SIZE] for a stream
/// @param blockBytes its logical block: 512 or more for a device, what the server wants for an
///     export, else 1
/// @param device the number of the device (of the file system, for a file), 0 for others
/// @param inode of a file on its file system, 0 for others
/// @param modified when a file was last written; the epoch for others
public record SourceFacts(
        Kind kind,
        String path,
        long sizeBytes,
        int blockBytes,
        long device,
        long inode,
        Instant modified) {
    /// How a source is read.
    public enum Kind {
        /// A raw image, through the page cache.
        FILE,
        /// A block device, past the page cache.
        DEVICE,
        /// Something that can be read once, from its start.
        STREAM,
        /// An export of an NBD server.
        EXPORT
    }

    public SourceFacts {
        if (sizeBytes < BlockSource.UNKNOWN_SIZE || blockBytes < 1) {
            throw new IllegalArgumentException(
                    "bad source facts: size=" + sizeBytes + " block=" + blockBytes);
        }
    }
}
