package io.godwit.device;

import java.lang.foreign.MemorySegment;

/// Something that blocks are read from by position: a source, or a target that is compared with
/// what it should hold.
public interface BlockReader {
    /// Buffers, holes and failures are in these units: the leaf of the digest tree.
    int BLOCK_BYTES = 4096;

    /// Where it is, for messages.
    String path();

    /// How many bytes it has.
    long size();

    /// Reads `length` bytes from byte `offset` on to `target[targetOffset]`.
    ///
    /// May reach past the end up to the next multiple of [#BLOCK_BYTES]: zeros are delivered there.
    /// Fastest when offset, length and the target's address are multiples of [#BLOCK_BYTES];
    /// anything is allowed.
    ///
    /// @param target native memory that any thread may touch
    /// @throws ReadFailure when blocks cannot be read, although others may be
    /// @throws io.godwit.error.GodwitException `FENCED` when a source shrank since it was opened,
    ///     `UNAVAILABLE` when a device is gone
    void read(long offset, MemorySegment target, long targetOffset, int length);
}
