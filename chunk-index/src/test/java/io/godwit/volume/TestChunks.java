package io.godwit.volume;

import io.godwit.chunk.ChunkId;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.RecordRef;
import io.godwit.pack.SessionId;
import java.util.random.RandomGenerator;

/// Chunk references as a run would make them: records in order in packs of 16 MiB.
final class TestChunks {
    static final SessionId SESSION = new SessionId(7, 0x0123456789abcdefL, 0x5eed);

    private static final int PACK_BYTES = 16 << 20;
    private static final int RECORD_HEADER = 12;

    private final RandomGenerator random;
    private final SessionId session;
    private int pack;
    private int ordinal;
    private int offset = 64;

    TestChunks(RandomGenerator random) {
        this(random, SESSION);
    }

    TestChunks(RandomGenerator random, SessionId session) {
        this.random = random;
        this.session = session;
    }

    /// A new chunk alone in the next record.
    ChunkRef next(int length) {
        return next(length, false);
    }

    ChunkRef next(int length, boolean metadata) {
        int sealed = Math.max(17, length / 2 + random.nextInt(Math.max(1, length / 8)));
        if (offset + sealed > PACK_BYTES) {
            pack++;
            ordinal = 0;
            offset = 64;
        }
        RecordRef record =
                new RecordRef(
                        new PackId(session, pack), metadata, ordinal++, offset, sealed, length);
        offset += RECORD_HEADER + sealed;
        return new ChunkRef(id(), record, 0, length);
    }

    ChunkId id() {
        return new ChunkId(
                random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    static ChunkRef at(ChunkRef ref, int counter, int offset) {
        RecordRef record = ref.record();
        PackId pack = new PackId(record.pack().owner(), counter);
        return new ChunkRef(
                ref.id(),
                new RecordRef(
                        pack,
                        record.metadata(),
                        record.ordinal(),
                        offset,
                        record.sealedLength(),
                        record.plainLength()),
                ref.plainOffset(),
                ref.length());
    }

    /// Fills a map with fresh chunks of 8 to 24 leaves, as the leaf chunker would: about 15 on
    /// average.
    void fill(RegionMap map) {
        int start = 0;
        while (start < map.units()) {
            int units = Math.min(8 + random.nextInt(15), map.units() - start);
            int bytes = map.endBytes(start + units) - start * map.grain();
            map.overlay(start, units, map.addChunk(next(bytes)), 0);
            start += units;
        }
    }

    /// Lays a few new chunks, parts of chunks and holes over a map.
    void change(RegionMap map, int changes, int maxUnits) {
        for (int i = 0; i < changes; i++) {
            int start = random.nextInt(map.units());
            int units = Math.min(1 + random.nextInt(maxUnits), map.units() - start);
            int bytes = map.endBytes(start + units) - start * map.grain();
            switch (random.nextInt(8)) {
                case 0 -> map.overlayHole(start, units);
                case 1 -> {
                    int skip = random.nextInt(4);
                    int slot = map.addChunk(next(bytes + skip * map.grain()));
                    map.overlay(start, units, slot, skip);
                }
                default -> map.overlay(start, units, map.addChunk(next(bytes)), 0);
            }
        }
    }
}
