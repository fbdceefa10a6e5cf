package io.godwit.device;

/// Something a volume is read from.
///
/// Reads are positional and may come from any number of threads; only [StreamSource] wants them in
/// order, from one. It is to be closed after the last read has returned. Reads block: they belong
/// on platform threads.
public interface BlockSource extends BlockReader, AutoCloseable {
    /// The size of a stream whose end was not met yet.
    long UNKNOWN_SIZE = -1;

    SourceFacts facts();

    /// Bytes of the volume: what it was when opened, or [#UNKNOWN_SIZE].
    @Override
    long size();

    @Override
    default String path() {
        return facts().path();
    }

    /// The start of the first block at or behind `from` (a multiple of [#BLOCK_BYTES]) that is not
    /// known to be a hole, or [#size] when all the rest is one.
    long nextData(long from);

    /// The start of the first block at or behind `from` (a multiple of [#BLOCK_BYTES]) that is
    /// known to be a hole as a whole, or [#size] when there is none.
    long nextHole(long from);

    /// Throws when the source has another size now than when it was opened, so that what was read
    /// is not one volume.
    ///
    /// @throws io.godwit.error.GodwitException `FENCED` when it shrank or grew
    void checkUnchanged();

    /// Whether a file was written since it was opened, so that what was read may be a mixture of
    /// before and after. Always false for devices, which do not tell.
    boolean modified();

    /// Whether reads mostly wait for somebody far away, so that many at once are worth their memory.
    default boolean distant() {
        return false;
    }

    /// Has reads that wait for somebody else end soon, with `INTERRUPTED`, because the run has ended
    /// for another reason. For any thread; reads of files and devices are never waited for long.
    default void giveUp() {}

    @Override
    void close();
}
