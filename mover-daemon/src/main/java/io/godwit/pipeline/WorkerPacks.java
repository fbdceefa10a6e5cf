package io.godwit.pipeline;

import io.godwit.pack.ChunkGroup;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackLimits;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The data packs of one worker, one after the other. Owned by that worker.
final class WorkerPacks {
    private final SessionPacks session;
    private @Nullable OpenPack current;

    WorkerPacks(SessionPacks session) {
        this.session = session;
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
            pack = session.openForWorker();
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
}
