package io.godwit.chunk;

import java.lang.foreign.MemorySegment;

/// Cuts one data run at a time into pieces, which become chunks.
///
/// A run is fed from its first byte to its last in appends of any size; the pieces depend on the
/// run's content only, not on the appends, not on other runs, not on threads. Their lengths add up
/// to the run's. Between appends, whatever is decided already is taken with [#next(boolean)]:
///
/// ```java
/// chunker.begin();
/// while (more) {
///     chunker.append(data, dataOffset, length, digests, digestsOffset);
///     for (int piece; (piece = chunker.next(false)) != 0; ) { ... }
/// }
/// for (int piece; (piece = chunker.next(true)) != 0; ) { ... }
/// ```
///
/// Owned by one thread; keeps no memory segment between calls.
public interface Chunker {
    /// Starts a new run and forgets the one before, finished or not.
    void begin();

    /// Feeds the next `length` bytes of the run.
    ///
    /// `leaf` reads only the digests, 32 bytes for each leaf begun, and takes whole leaves until
    /// the run's last append, which may end in a short one; `gear` reads only the data; `fixed`
    /// reads neither. A segment that is not read may be [MemorySegment#NULL].
    void append(
            MemorySegment data,
            long dataOffset,
            int length,
            MemorySegment digests,
            long digestsOffset);

    /// The length in bytes of the next piece that is decided, or 0: it takes more of the run to
    /// decide.
    ///
    /// @param ended whether the run is complete; then 0 means that nothing is left of it
    int next(boolean ended);

    /// Upper bound of the bytes that are appended and not yet cut once [#next(boolean)] returned 0.
    int lookaheadBytes();
}
