package io.godwit.pipeline;

import static io.godwit.digest.LeafHasher.DIGEST_BYTES;
import static io.godwit.digest.LeafHasher.LEAF_BYTES;

import io.godwit.chunk.Chunker;
import java.lang.foreign.MemorySegment;

/// Turns the changed leaves of one region, told in order, into holes and pieces.
///
/// A run of changed leaves ends where an unchanged or unread leaf follows. Inside it, at least
/// [#MIN_HOLE_LEAVES] zero leaves in a row are a hole, and what lies between holes is a data run
/// that the [Chunker] cuts. Fewer zero leaves are data, unless they continue a hole of the parent
/// or are all that changed there. Positions are bytes from the region's start. Owned by the
/// region's worker; keeps nothing from one region to the next.
final class RunCutter {
    static final int MIN_HOLE_LEAVES = 8;
    private static final int MIN_HOLE_BYTES = MIN_HOLE_LEAVES * LEAF_BYTES;
    private static final int NONE = -1;

    /// Receives what was decided, in the order of positions.
    interface Sink {
        /// A chunk of `bytes` bytes starts at `from`.
        void piece(int from, int bytes);

        /// Bytes that read as zeros: whole leaves, but for the region's last.
        void hole(int from, int bytes);
    }

    private final Chunker chunker;
    private final MemorySegment digests;
    private final Sink sink;

    private MemorySegment data = MemorySegment.NULL;
    private long regionStartAt;
    private int runStart = NONE;
    private int cutTo;
    private int fedTo;
    private int zeroStart = NONE;
    private boolean zerosContinueHole;
    private boolean holeBefore;

    /// @param digests of the whole region: leaf `i`'s at byte `32 * i`, written before the leaf is
    ///     told (for a chunker that reads them)
    RunCutter(Chunker chunker, MemorySegment digests, Sink sink) {
        this.chunker = chunker;
        this.digests = digests;
        this.sink = sink;
    }

    /// Starts a region: nothing of the one before is remembered.
    void start() {
        runStart = NONE;
        zeroStart = NONE;
        zerosContinueHole = false;
        holeBefore = false;
    }

    /// Says where the bytes of the leaves that follow, and of those undecided, are: byte `position`
    /// of the region at `newData[at]`.
    void place(MemorySegment newData, long at, int position) {
        data = newData;
        regionStartAt = at - position;
    }

    /// A changed leaf that is not all zeros.
    void data(int from) {
        if (zeroStart != NONE) {
            if (from - zeroStart >= MIN_HOLE_BYTES || zerosContinueHole) {
                sink.hole(zeroStart, from - zeroStart);
            } else if (runStart == NONE) {
                begin(zeroStart);
            }
            zeroStart = NONE;
        }
        if (runStart == NONE) {
            begin(from);
        }
    }

    /// A changed leaf that is all zeros, `bytes` long.
    void zero(int from, int bytes) {
        if (zeroStart == NONE) {
            zeroStart = from;
            zerosContinueHole = runStart == NONE && holeBefore;
        }
        if (runStart != NONE && from + bytes - zeroStart >= MIN_HOLE_BYTES) {
            endRun(zeroStart);
        }
        holeBefore = false;
    }

    /// What starts at `end` is unchanged, unread, or past the region: what came before is complete.
    ///
    /// @param hole whether it reads as zeros already
    void boundary(int end, boolean hole) {
        if (zeroStart != NONE) {
            boolean onlyZeros = runStart == NONE;
            if (onlyZeros || hole || end - zeroStart >= MIN_HOLE_BYTES) {
                if (runStart != NONE) {
                    endRun(zeroStart);
                }
                sink.hole(zeroStart, end - zeroStart);
            }
            zeroStart = NONE;
        }
        if (runStart != NONE) {
            endRun(end);
        }
        holeBefore = hole;
    }

    /// Lets the chunker decide what it can of what lies before `end`, all told and in whole leaves.
    void advance(int end) {
        if (runStart != NONE) {
            feed(zeroStart == NONE ? end : zeroStart);
            drain(false);
        }
    }

    /// The first position whose bytes are needed again, `end` when nothing before it is.
    int firstUndecided(int end) {
        if (runStart != NONE) {
            return cutTo;
        }
        return zeroStart == NONE || end - zeroStart >= MIN_HOLE_BYTES ? end : zeroStart;
    }

    private void begin(int from) {
        runStart = from;
        cutTo = from;
        fedTo = from;
        chunker.begin();
    }

    private void endRun(int end) {
        feed(end);
        drain(true);
        if (cutTo != end) {
            throw new IllegalStateException("run not cut up: cut=" + cutTo + " end=" + end);
        }
        runStart = NONE;
    }

    private void feed(int end) {
        if (end > fedTo) {
            long digestsOffset = fedTo / LEAF_BYTES * (long) DIGEST_BYTES;
            chunker.append(data, regionStartAt + fedTo, end - fedTo, digests, digestsOffset);
            fedTo = end;
        }
    }

    private void drain(boolean ended) {
        for (int bytes = chunker.next(ended); bytes > 0; bytes = chunker.next(ended)) {
            sink.piece(cutTo, bytes);
            cutTo += bytes;
        }
    }
}
