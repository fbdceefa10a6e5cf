package io.godwit.pipeline;

import io.godwit.pack.ChunkGroup;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.Codec;
import io.godwit.pack.PackLimits;
import io.godwit.pack.RecordSealer;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The data packs of one worker, one after the other. Owned by that worker.
final class WorkerPacks implements AutoCloseable {
    private final SessionPacks session;
    private final RecordSealer sealer;
    private @Nullable OpenPack current;

    WorkerPacks(SessionPacks session, Codec codec) {
        this.session = session;
        this.sealer = new RecordSealer(codec);
    }

    /// Stores neighbouring chunks as one record and adds their places to `places`.
    ///
    /// @param digests of their leaves, one after the other from the start on, 32 bytes each
    void append(
            ChunkGroup group,
            MemorySegment plain,
            long offset,
            MemorySegment digests,
            List<ChunkRef> places) {
        if (current == null
                && session.isSmall()
                && session.appendToCommon(group, plain, offset, digests, places)) {
            return;
        }
        withRoomFor(group.plainLength()).append(group, plain, offset, digests, places);
    }

    private OpenPack withRoomFor(int length) {
        OpenPack pack = current;
        while (pack == null
                || pack.writer().sealedBytes() >= PackLimits.TARGET_BYTES
                || !pack.writer().hasRoomFor(length)) {
            finish();
            pack = session.openForWorker(sealer);
            current = pack;
        }
        return pack;
    }

    /// Queues the pack that is open, for upload.
    void finish() {
        OpenPack pack = current;
        if (pack != null) {
            current = null;
            session.finish(pack);
        }
    }

    @Override
    public void close() {
        sealer.close();
    }
}
