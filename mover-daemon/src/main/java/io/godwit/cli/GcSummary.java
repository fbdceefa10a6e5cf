package io.godwit.cli;

import io.godwit.collect.CollectionRequest;
import io.godwit.collect.CollectionResult;
import io.godwit.repository.LocalHost;
import io.godwit.repository.Repository;
import java.io.PrintWriter;
import java.util.Locale;

/// What a collection came to.
record GcSummary(CollectionResult result, boolean dryRun, double seconds) implements Result {
    private static final double NANOS = 1e9;

    /// Collects, and tells how far it is.
    static GcSummary collect(
            Task task, Output output, Repository repository, CollectionRequest request) {
        long start = task.outside().nanoTime().getAsLong();
        try (Run run = new Run(task.outside(), output, () -> new Progress.Counts(0, 0, 0, 0))) {
            CollectionResult result =
                    repository.collect(
                            request, LocalHost.of().processes(), phase -> run.phase(phase, 0));
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
                .number("repackedBytes", 0)
                .number("waitedForSessions", result.waitedForSessions())
                .number("fencedSessions", result.fencedSessions())
                .number("pendingSessions", result.pendingSessions())
                .decimal("seconds", seconds);
    }

    @Override
    public void people(PrintWriter out) {
        if (dryRun) {
            out.printf(
                    Locale.ROOT,
                    "Would delete %s of %s, %s.%n",
                    Words.count(result.condemnedPacks(), "pack"),
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
