package io.godwit.chunk;

import io.godwit.digest.LeafHasher;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Feeds runs to chunkers and collects the pieces.
final class Feeding {
    private static final ValueLayout.OfLong VALUE =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Feeding() {}

    /// Digests that begin with these values, everything else in them being different noise.
    static MemorySegment digests(long[] values) {
        byte[] noise = new byte[values.length * LeafHasher.DIGEST_BYTES];
        new Random(values.length).nextBytes(noise);
        MemorySegment digests = MemorySegment.ofArray(noise);
        for (int i = 0; i < values.length; i++) {
            digests.set(VALUE, (long) i * LeafHasher.DIGEST_BYTES, values[i]);
        }
        return digests;
    }

    /// Piece lengths in leaves of a run of whole leaves.
    static List<Integer> leafPieces(Chunker chunker, long[] values, Steps steps) {
        MemorySegment digests = digests(values);
        List<Integer> bytes =
                pieces(
                        chunker,
                        values.length * LeafHasher.LEAF_BYTES,
                        leaves -> leaves * LeafHasher.LEAF_BYTES,
                        steps,
                        (at, length) ->
                                chunker.append(
                                        MemorySegment.NULL,
                                        0,
                                        length,
                                        digests,
                                        (long) at
                                                / LeafHasher.LEAF_BYTES
                                                * LeafHasher.DIGEST_BYTES));
        return bytes.stream().map(length -> length / LeafHasher.LEAF_BYTES).toList();
    }

    /// Piece lengths in bytes of a run that is cut by its data.
    static List<Integer> dataPieces(Chunker chunker, byte[] data, Steps steps) {
        MemorySegment segment = MemorySegment.ofArray(data);
        return pieces(
                chunker,
                data.length,
                bytes -> bytes,
                steps,
                (at, length) -> chunker.append(segment, at, length, MemorySegment.NULL, 0));
    }

    private static List<Integer> pieces(
            Chunker chunker, int bytes, Unit unit, Steps steps, Append append) {
        List<Integer> pieces = new ArrayList<>();
        chunker.begin();
        long cut = 0;
        for (int at = 0; at < bytes; ) {
            int length = Math.min(bytes - at, unit.bytes(steps.next()));
            append.append(at, length);
            at += length;
            cut += take(chunker, false, pieces);
            if (at - cut > chunker.lookaheadBytes()) {
                throw new AssertionError("too much waits: bytes=" + (at - cut));
            }
        }
        take(chunker, true, pieces);
        return pieces;
    }

    private static long take(Chunker chunker, boolean ended, List<Integer> pieces) {
        long bytes = 0;
        for (int piece = chunker.next(ended); piece != 0; piece = chunker.next(ended)) {
            pieces.add(piece);
            bytes += piece;
        }
        return bytes;
    }

    /// How much the next append brings, in the chunker's unit.
    interface Steps {
        int next();
    }

    private interface Unit {
        int bytes(int units);
    }

    private interface Append {
        void append(int at, int length);
    }
}
