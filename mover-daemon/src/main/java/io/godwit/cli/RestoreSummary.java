package io.godwit.cli;

import io.godwit.device.Extent;
import io.godwit.error.FailureKind;
import io.godwit.restore.RestoreResult;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What a restore did.
///
/// @param reasons why some of it could not be had
record RestoreSummary(RestoreResult restore, List<String> reasons) implements Result {
    private static final int EXTENTS_NAMED = 10;

    @Override
    public int exitCode() {
        return restore.badExtents().isEmpty() ? 0 : FailureKind.PARTIAL.exitCode();
    }

    @Override
    public void json(JsonLine json) {
        json.text("snapshot", restore.snapshot())
                .text("target", restore.target())
                .number("sizeBytes", restore.sizeBytes())
                .number("fetchedBytes", restore.fetchedBytes())
                .number("writtenBytes", restore.writtenBytes())
                .number("skippedBytes", restore.skippedBytes())
                .extents("badExtents", restore.badExtents())
                .decimal("seconds", restore.seconds())
                .decimal("syncSeconds", restore.syncSeconds())
                .number("peakRssBytes", PeakMemory.bytes());
    }

    @Override
    public void people(PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "Restored %s to %s: volume %s / written %s / fetched %s in %s.%n",
                restore.snapshot(),
                restore.target(),
                ByteSize.text(restore.sizeBytes()),
                ByteSize.text(restore.writtenBytes()),
                ByteSize.text(restore.fetchedBytes()),
                Times.text(restore.seconds()));
        restore.badExtents().stream()
                .limit(EXTENTS_NAMED)
                .forEach(
                        extent ->
                                out.printf(
                                        Locale.ROOT,
                                        "not restored: offset=%d length=%d%n",
                                        extent.offset(),
                                        extent.length()));
        reasons.forEach(reason -> out.printf(Locale.ROOT, "because: %s%n", reason));
    }

    @Override
    public Optional<String> complaint() {
        if (restore.badExtents().isEmpty()) {
            return Optional.empty();
        }
        long bytes = restore.badExtents().stream().mapToLong(Extent::length).sum();
        return Optional.of(
                "%s in %s could not be restored, the rest was; restore them from another snapshot: target=%s"
                        .formatted(
                                ByteSize.text(bytes),
                                Words.count(restore.badExtents().size(), "extent"),
                                restore.target()));
    }
}
