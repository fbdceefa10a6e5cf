package io.godwit.cli;

import io.godwit.collect.CollectionRequest;
import io.godwit.collect.CollectionResult;
import io.godwit.collect.Forecast;
import io.godwit.collect.RepackLimits;
import io.godwit.repository.LocalHost;
import io.godwit.repository.Repository;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/// What a collection came to.
record GcSummary(CollectionResult result, boolean dryRun, double seconds) implements Result {
    private static final double NANOS = 1e9;

    /// Collects, and tells how far it is.
    static GcSummary collect(
            Task task,
            Output output,
            Repository repository,
            CollectionRequest request,
            RepackLimits limits) {
        long start = task.outside().nanoTime().getAsLong();
        try (Run run = new Run(task.outside(), output, () -> new Progress.Counts(0, 0, 0, 0))) {
            CollectionResult result =
                    repository.collect(
                            request,
                            limits,
                            LocalHost.of().processes(),
                            phase -> run.phase(phase, 0));
            long nanos = task.outside().nanoTime().getAsLong() - start;
            return new GcSummary(result, request.dryRun(), nanos / NANOS);
        }
    }

    @Override
    public void json(JsonLine json) {
        json.number("generation", result.generation())
                .number("listedPacks", result.listedPacks())
                .number("condemnedPacks", result.condemnedPacks())
                .number("deletedPacks", result.deletedPacks())
                .number("freedBytes", result.freedBytes())
                .number("repackedPacks", result.repackedPacks())
                .number("repackedBytes", result.repackedBytes())
                .number("waitedForSessions", result.waitedForSessions())
                .number("fencedSessions", result.fencedSessions())
                .number("pendingSessions", result.pendingSessions())
                .number("refusedDeletions", result.refusedDeletions())
                .decimal("seconds", seconds);
        result.forecast().ifPresent(forecast -> json(forecast, json));
    }

    private static void json(Forecast forecast, JsonLine json) {
        json.objects(
                        "snapshots",
                        forecast.snapshots().stream()
                                .<JsonLine.Fields>map(
                                        fate ->
                                                row ->
                                                        row.text(
                                                                        "id",
                                                                        fate.entry()
                                                                                .snapshot()
                                                                                .toString())
                                                                .text(
                                                                        "volume",
                                                                        fate.entry()
                                                                                .volume()
                                                                                .value())
                                                                .text("state", fate.state())
                                                                .text("why", fate.why()))
                                .toList())
                .objects(
                        "packs",
                        forecast.packs().stream()
                                .<JsonLine.Fields>map(
                                        group ->
                                                row ->
                                                        row.text("fate", group.fate())
                                                                .number("packs", group.packs())
                                                                .number("sizeBytes", group.bytes())
                                                                .number(
                                                                        "usedBytes",
                                                                        group.usedBytes())
                                                                .text("heldBy", group.heldBy()))
                                .toList());
    }

    private static void people(Forecast forecast, PrintWriter out) {
        Table packs = new Table("lrrl", "PACKS", "COUNT", "SIZE", "HELD BY");
        for (Forecast.Group group : forecast.packs()) {
            packs.row(
                    group.fate(),
                    Long.toString(group.packs()),
                    ByteSize.text(group.bytes()),
                    group.heldBy());
        }
        packs.print(out);
        List<Forecast.Fate> going =
                forecast.snapshots().stream().filter(fate -> !fate.state().equals("kept")).toList();
        if (!going.isEmpty()) {
            Table snapshots = new Table("llll", "SNAPSHOT", "VOLUME", "STATE", "WHY");
            for (Forecast.Fate fate : going) {
                snapshots.row(
                        SnapshotRows.shortId(fate.entry().snapshot()),
                        fate.entry().volume().value(),
                        fate.state(),
                        fate.why().isEmpty() ? "forgotten" : fate.why());
            }
            snapshots.print(out);
        }
    }

    @Override
    public void people(PrintWriter out) {
        result.forecast().ifPresent(forecast -> people(forecast, out));
        if (dryRun) {
            out.printf(
                    Locale.ROOT,
                    "Would delete %s of %s, %s.%n",
                    Words.count(result.condemnedPacks() + result.repackedPacks(), "pack"),
                    result.listedPacks(),
                    ByteSize.text(result.freedBytes()));
        } else {
            out.printf(
                    Locale.ROOT,
                    "Deleted %s of %s, %s.%n",
                    Words.count(result.deletedPacks(), "pack"),
                    result.listedPacks(),
                    ByteSize.text(result.freedBytes()));
        }
        if (result.repackedPacks() > 0) {
            out.printf(
                    Locale.ROOT,
                    dryRun ? "Would repack %s, and store %s.%n" : "Repacked %s, and stored %s.%n",
                    Words.count(result.repackedPacks(), "pack"),
                    ByteSize.text(result.repackedBytes()));
        }
        if (result.fencedSessions() > 0) {
            out.printf(
                    Locale.ROOT,
                    "Gave up %s that did not answer.%n",
                    Words.count(result.fencedSessions(), "session"));
        }
        if (result.pendingSessions() > 0) {
            out.printf(
                    Locale.ROOT,
                    "Left alone what %s may need.%n",
                    Words.count(result.pendingSessions(), "open session"));
        }
    }
}
