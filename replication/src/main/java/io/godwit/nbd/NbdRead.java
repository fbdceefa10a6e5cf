package io.godwit.nbd;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;

/// Reads bytes straight into the caller's memory.
///
/// Chunks of a structured reply come in any order; every byte must come exactly once, or the reply
/// is worth nothing.
final class NbdRead extends NbdRequest {
    private final MemorySegment target;
    private final TreeMap<Integer, Integer> covered = new TreeMap<>();

    /// @param target of `length` bytes
    NbdRead(long offset, int length, MemorySegment target) {
        super(NbdProtocol.READ, offset, length);
        this.target = target;
    }

    @Override
    void receiveSimple(NbdWire wire) {
        cover(offset, length);
        wire.receive(target.asByteBuffer());
    }

    @Override
    void receiveChunk(int chunk, int bytes, NbdWire wire) {
        switch (chunk) {
            case NbdProtocol.CHUNK_DATA -> {
                require(bytes > 8);
                int at = cover(wire.receive(8).getLong(), bytes - 8);
                wire.receive(target.asSlice(at, bytes - 8).asByteBuffer());
            }
            case NbdProtocol.CHUNK_HOLE -> {
                require(bytes == 12);
                long from = wire.receive(8).getLong();
                int count = wire.receive(4).getInt();
                target.asSlice(cover(from, count), count).fill((byte) 0);
            }
            default -> throw NbdConnectionLost.violation("a chunk that answers no read");
        }
    }

    /// Notes that these bytes come now.
    ///
    /// @return where they belong in the target
    private int cover(long from, int count) {
        require(count > 0 && from >= offset && from <= offset + length - count);
        int start = (int) (from - offset);
        int end = start + count;
        Integer before = covered.floorKey(start);
        Integer behind = covered.ceilingKey(start);
        require(before == null || covered.getOrDefault(before, 0) <= start);
        require(behind == null || behind >= end);
        boolean touches = before != null && covered.getOrDefault(before, 0) == start;
        covered.put(touches ? before : (Integer) start, end);
        return start;
    }

    private static void require(boolean kept) {
        if (!kept) {
            throw NbdConnectionLost.violation("a chunk of a read is not where it may be");
        }
    }

    @Override
    void checkComplete() {
        int reached = 0;
        for (Map.Entry<Integer, Integer> run : covered.entrySet()) {
            if (run.getKey() != reached) {
                break;
            }
            reached = run.getValue();
        }
        if (reached != length) {
            throw NbdConnectionLost.violation("a read is answered in part");
        }
    }
}
