package io.godwit.chunk;

import java.lang.foreign.MemorySegment;

/// Cuts every so many bytes from the start of the run.
///
/// Owned by one thread.
final class FixedChunker implements Chunker {
    private final int pieceBytes;
    private long uncut;

    FixedChunker(ChunkerSpec.Fixed spec) {
        pieceBytes = spec.bytes();
    }

    @Override
    public void begin() {
        uncut = 0;
    }

    @Override
    public void append(
            MemorySegment data,
            long dataOffset,
            int length,
            MemorySegment digests,
            long digestsOffset) {
        uncut += length;
    }

    @Override
    public int next(boolean ended) {
        if (uncut < pieceBytes && !ended) {
            return 0;
        }
        int piece = (int) Math.min(uncut, pieceBytes);
        uncut -= piece;
        return piece;
    }

    @Override
    public int lookaheadBytes() {
        return pieceBytes - 1;
    }
}
