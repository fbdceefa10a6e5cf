package io.godwit.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Zeros written the plain way, where nothing better is offered.
final class Zeros {
    /// What is written at once.
    static final int BYTES = 1 << 20;

    /// Never written to, by convention: all threads share it.
    static final MemorySegment SEGMENT = NativeFiles.map(BYTES, Arena.global());

    private Zeros() {}

    static void write(OpenFile file, long offset, long length) {
        // Pieces end at multiples of the piece, so that all but the edges are aligned for direct
        // I/O.
        long end = offset + length;
        long at = offset;
        while (at < end) {
            long piece = Math.min(end - at, BYTES - at % BYTES);
            file.write(at, SEGMENT, 0, (int) piece);
            at += piece;
        }
    }
}
