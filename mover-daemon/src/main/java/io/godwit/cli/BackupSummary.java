package io.godwit.cli;

import io.godwit.error.FailureKind;
import io.godwit.pipeline.BackupResult;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;

/// What a backup did.
record BackupSummary(BackupResult backup, boolean dryRun) implements Result {
    private static final int EXTENTS_NAMED = 10;

    @Override
    public int exitCode() {
        return backup.unreadable().isEmpty() ? 0 : FailureKind.PARTIAL.exitCode();
    }

    @Override
    public void json(JsonLine json) {
        json.text("snapshot", backup.snapshot())
                .text("parent", backup.parent())
                .text("volume", backup.volume())
                .number("sizeBytes", backup.sizeBytes())
                .number("readBytes", backup.readBytes())
                .number("changedBytes", backup.changedBytes())
                .number("newBytes", backup.newBytes())
                .number("storedBytes", backup.storedBytes())
                .number("storePuts", backup.storePuts())
                .object(
                        "chunks",
                        chunks ->
                                chunks.number("total", backup.totalChunks())
                                        .number("new", backup.newChunks())
                                        .number("reused", backup.reusedChunks()))
                .number("holesBytes", backup.holesBytes())
                .decimal("seconds", backup.seconds())
                .text("chunker", backup.chunker())
                .text("changeId", backup.changeId())
                .object(
                        "cbt",
                        cbt ->
                                cbt.text("mode", backup.cbtMode().name().toLowerCase(Locale.ROOT))
                                        .number("extents", backup.cbtExtents())
                                        .number("audited", backup.cbtAudited()))
                .extents("badExtents", backup.unreadable())
                .number("peakRssBytes", PeakMemory.bytes());
    }

    @Override
    public void people(PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%s: volume %s / changed %s / stored %s in %s.%n",
                backup.snapshot()
                        .map(id -> "Snapshot " + id + " of " + backup.volume())
                        .orElse("Nothing stored (dry run) of " + backup.volume()),
                ByteSize.text(backup.sizeBytes()),
                ByteSize.text(backup.changedBytes()),
                ByteSize.text(backup.storedBytes()),
                Times.text(backup.seconds()));
        out.printf(
                Locale.ROOT,
                "Read %s, %d of %d chunks new (%s), %s.%n",
                ByteSize.text(backup.readBytes()),
                backup.newChunks(),
                backup.totalChunks(),
                ByteSize.text(backup.newBytes()),
                backup.parent()
                        .map(id -> "parent " + id.substring(0, Math.min(12, id.length())))
                        .orElse("no parent"));
        backup.unreadable().stream()
                .limit(EXTENTS_NAMED)
                .forEach(
                        extent ->
                                out.printf(
                                        Locale.ROOT,
                                        "unreadable: offset=%d length=%d%n",
                                        extent.offset(),
                                        extent.length()));
    }

    @Override
    public void quiet(PrintWriter out) {
        backup.snapshot().ifPresent(out::println);
    }

    @Override
    public Optional<String> complaint() {
        if (backup.unreadable().isEmpty()) {
            return Optional.empty();
        }
        long bytes = backup.unreadable().stream().mapToLong(extent -> extent.length()).sum();
        return Optional.of(
                "%s in %s of the source could not be read and are zeros in the snapshot; look at the device and run it again"
                        .formatted(
                                ByteSize.text(bytes),
                                Words.count(backup.unreadable().size(), "extent")));
    }
}
