package io.godwit.simulation.repository;

import io.godwit.pack.Codec;
import io.godwit.pack.PackReader;
import io.godwit.pack.RecordSealer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;

/// Buffers and compressors of packs that are being written: dear to make, so they are used again by
/// one history after the other. Belongs to one thread at a time.
final class PackBench implements AutoCloseable {
    /// A pack of all leaves of a history, with its lists.
    static final int BUFFER_BYTES = 512 << 10;

    private final MemorySegment tail = Arena.ofAuto().allocate(PackReader.TAIL_BYTES);
    private final Deque<Place> free = new ArrayDeque<>();

    /// Where a pack is written.
    record Place(MemorySegment buffer, RecordSealer sealer) {}

    /// For the end of a pack; whoever reads into it is done with it before it waits again.
    MemorySegment tail() {
        return tail;
    }

    Place take() {
        Place place = free.poll();
        return place != null
                ? place
                : new Place(
                        Arena.ofAuto().allocate(BUFFER_BYTES, 64),
                        new RecordSealer(Codec.parse("zstd:1")));
    }

    void giveBack(Place place) {
        free.push(place);
    }

    @Override
    public void close() {
        free.forEach(place -> place.sealer().close());
        free.clear();
    }
}
