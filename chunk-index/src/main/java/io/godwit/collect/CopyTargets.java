package io.godwit.collect;

import io.godwit.chunk.ChunkType;
import io.godwit.commit.PackName;
import io.godwit.commit.Session;
import io.godwit.index.SegmentWriter;
import io.godwit.pack.ChunkGroup;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackLimits;
import io.godwit.pack.PackWriter;
import io.godwit.pack.RecordRef;
import io.godwit.pack.RecordSealer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The packs that copies go to: data apart from metadata, each put when it is full, and the index
/// segments that make the data known. Used once, by one thread.
final class CopyTargets implements AutoCloseable {
    private static final int USUAL_RECORD_BYTES = 2 * PackLimits.GROUP_PLAIN_BYTES;
    private static final int FLOOR_BYTES = 64 << 10;

    private final Repacking with;
    private final Session session;
    private final RecordSealer sealer;
    private final SegmentWriter segment = new SegmentWriter();
    private final Target data = new Target(false, PackLimits.TARGET_BYTES);
    private final Target metadata = new Target(true, PackLimits.METADATA_TARGET_BYTES);
    private long expectedBytes;
    private long storedBytes;

    CopyTargets(Repacking with, Session session) {
        this.with = with;
        this.session = session;
        this.sealer = new RecordSealer(with.codec());
    }

    /// About so many bytes will come.
    void expect(long bytes) {
        expectedBytes = bytes;
    }

    /// One kind of packs.
    private final class Target {
        private final boolean isMetadata;
        private final int targetBytes;
        private final List<ChunkRef> chunks = new ArrayList<>();
        private boolean roomy;
        private @Nullable MemorySegment buffer;
        private @Nullable PackWriter writer;

        Target(boolean isMetadata, int targetBytes) {
            this.isMetadata = isMetadata;
            this.targetBytes = targetBytes;
        }

        PackWriter writerFor(int plainLength) {
            PackWriter open = writer;
            if (open != null
                    && !open.isEmpty()
                    && (open.sealedBytes() >= targetBytes || !open.hasRoomFor(plainLength))) {
                finish();
                open = null;
            }
            if (open == null) {
                open = begin();
            }
            if (!open.hasRoomFor(plainLength) && !roomy) {
                roomy = true;
                buffer = null;
                open = begin();
            }
            writer = open;
            return open;
        }

        /// What little is copied needs little room; a record that is longer than usual needs all.
        private PackWriter begin() {
            MemorySegment memory = buffer;
            if (memory == null) {
                int target = (int) Math.min(targetBytes, 2 * expectedBytes + FLOOR_BYTES);
                int record = roomy ? PackLimits.RECORD_PLAIN_BYTES : USUAL_RECORD_BYTES;
                memory =
                        Arena.ofAuto()
                                .allocate(
                                        PackWriter.bufferBytes(
                                                roomy ? targetBytes : target, record));
                buffer = memory;
            }
            return new PackWriter(with.keys(), session.nextPackId(), isMetadata, memory, sealer);
        }

        void finish() {
            PackWriter open = writer;
            if (open == null || open.isEmpty()) {
                return;
            }
            MemorySegment bytes = open.finish();
            session.putPack(open.pack(), isMetadata, bytes);
            storedBytes += bytes.byteSize();
            writer = null;
            list(chunks);
            chunks.clear();
        }
    }

    /// Appends chunks that follow each other from `plain[offset]` on, and returns the pack they
    /// went to.
    PackName append(
            ChunkType type,
            ChunkGroup group,
            MemorySegment plain,
            long offset,
            MemorySegment digests) {
        Target target = type == ChunkType.DATA ? data : metadata;
        PackWriter writer = target.writerFor(group.plainLength());
        RecordRef record = writer.append(type, group, plain, offset, digests, 0);
        if (type == ChunkType.DATA) {
            int at = 0;
            for (int i = 0; i < group.count(); i++) {
                target.chunks.add(new ChunkRef(group.id(i), record, at, group.length(i)));
                at += group.length(i);
            }
        }
        return new PackName(writer.pack(), target.isMetadata);
    }

    private void list(List<ChunkRef> chunks) {
        if (!segment.hasRoomFor(chunks.size())) {
            putSegment();
        }
        chunks.forEach(segment::add);
    }

    private void putSegment() {
        if (!segment.isEmpty()) {
            session.putIndexSegment(segment.finish());
        }
    }

    /// Puts what is still open.
    void finish() {
        data.finish();
        metadata.finish();
        putSegment();
    }

    /// Of packs that were put.
    long storedBytes() {
        return storedBytes;
    }

    @Override
    public void close() {
        sealer.close();
        segment.close();
    }
}
