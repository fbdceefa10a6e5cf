package io.godwit.pipeline;

import io.godwit.chunk.ChunkId;
import io.godwit.chunk.ChunkType;
import io.godwit.pack.ChunkGroup;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackWriter;
import io.godwit.pack.RecordRef;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// A pack being filled, with its buffer and what stands in it. One owner at a time.
final class OpenPack {
    private final PackWriter writer;
    private final MemorySegment buffer;
    private final List<ChunkRef> chunks = new ArrayList<>();

    OpenPack(PackWriter writer, MemorySegment buffer) {
        this.writer = writer;
        this.buffer = buffer;
    }

    PackWriter writer() {
        return writer;
    }

    MemorySegment buffer() {
        return buffer;
    }

    /// Appends neighbouring chunks as one record and adds their places to `places`.
    void append(
            ChunkGroup group,
            MemorySegment plain,
            long offset,
            MemorySegment digests,
            List<ChunkRef> places) {
        RecordRef record = writer.append(ChunkType.DATA, group, plain, offset, digests, 0);
        int plainOffset = 0;
        for (int i = 0; i < group.count(); i++) {
            ChunkRef ref = new ChunkRef(group.id(i), record, plainOffset, group.length(i));
            plainOffset += group.length(i);
            places.add(ref);
            chunks.add(ref);
        }
    }

    ChunkRef appendMeta(ChunkId id, MemorySegment plain, int length) {
        return new ChunkRef(id, writer.appendMeta(id, plain, 0, length), 0, length);
    }

    /// Fixes the pack's bytes; nothing is appended any more.
    PackUploader.Finished finish() {
        MemorySegment bytes = writer.finish();
        return new PackUploader.Finished(writer.pack(), writer.metadata(), bytes, buffer, chunks);
    }
}
