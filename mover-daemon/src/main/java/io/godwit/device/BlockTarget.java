package io.godwit.device;

import java.lang.foreign.MemorySegment;

/// Something a volume is written to.
///
/// Writes are positional, in any order and from any number of threads, as long as no two of them
/// touch the same byte; only [StreamTarget] wants them in order, from one. Nothing is durable
/// before [#sync] has returned.
public interface BlockTarget extends BlockReader, AutoCloseable {
    TargetFacts facts();

    /// Bytes that can be written: the volume's size for files and streams, the device's own for a
    /// device.
    @Override
    long size();

    @Override
    default String path() {
        return facts().path();
    }

    /// Writes `length` bytes of `source[sourceOffset]` at the target's byte `offset`.
    ///
    /// Fastest when offset, length and address are multiples of [BlockSource#BLOCK_BYTES]; anything
    /// is allowed.
    ///
    /// @param source native memory
    /// @throws WriteFailure when blocks cannot be written, although others may be
    /// @throws io.godwit.error.GodwitException `UNAVAILABLE` when the disk is full or the device
    ///     gone
    void write(long offset, MemorySegment source, long sourceOffset, int length);

    /// Announces that all of a range will be written, so that a file gets its space in one piece
    /// and a full disk is found before the work is done. Content does not change. Not needed, but a
    /// file is written up to twice as fast after it.
    ///
    /// @throws io.godwit.error.GodwitException `UNAVAILABLE` when there is no room
    default void reserve(long offset, long length) {}

    /// Makes a range read as zeros, freeing its space where that is sure to give zeros.
    ///
    /// @throws WriteFailure as [#write]
    void zero(long offset, long length);

    /// Reads what is there now, for comparing and verifying.
    ///
    /// @throws ReadFailure when blocks cannot be read, although others may be
    /// @throws UnsupportedOperationException of a stream
    @Override
    void read(long offset, MemorySegment target, long targetOffset, int length);

    /// Makes all that was written durable, the name of a new file included.
    void sync();

    @Override
    void close();
}
