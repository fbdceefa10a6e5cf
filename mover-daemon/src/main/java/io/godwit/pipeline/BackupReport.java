package io.godwit.pipeline;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.SnapshotId;
import io.godwit.device.Extent;
import io.godwit.pipeline.BackupResult.CbtMode;
import java.util.List;
import java.util.Optional;

/// Gathers what a backup will say about itself. Used by one thread.
final class BackupReport {
    private final BackupRequest request;
    private final RunCounters counters;
    private Optional<SnapshotId> snapshot = Optional.empty();
    private Optional<String> parent = Optional.empty();
    private CbtMode mode = CbtMode.NONE;
    private long listed;
    private long sizeBytes;
    private String chunker = "";
    private List<Extent> unreadable = List.of();

    BackupReport(BackupRequest request, RunCounters counters) {
        this.request = request;
        this.counters = counters;
    }

    void base(BackupBase base) {
        parent = base.entry().map(CatalogueEntry::snapshot).map(SnapshotId::toString);
        mode = base.mode();
        listed = base.listed();
    }

    void source(long size, String chunkerText, List<Extent> unreadableExtents) {
        sizeBytes = size;
        chunker = chunkerText;
        unreadable = unreadableExtents;
    }

    void snapshot(SnapshotId id) {
        snapshot = Optional.of(id);
    }

    BackupResult result(double seconds, long puts) {
        RunProgress progress = counters.progress;
        return new BackupResult(
                snapshot.map(SnapshotId::toString),
                parent,
                request.volume().toString(),
                sizeBytes,
                progress.readBytes.sum(),
                progress.changedBytes.sum(),
                progress.newBytes.sum(),
                progress.storedBytes.sum(),
                puts,
                counters.chunks.sum(),
                counters.newChunks.sum(),
                counters.holesBytes.sum(),
                seconds,
                chunker,
                request.changeId(),
                mode,
                listed,
                counters.auditedBlocks.sum(),
                unreadable);
    }
}
