package io.godwit.cli;

import io.godwit.copy.CopyResult;
import io.godwit.copy.CopyResult.Copied;
import io.godwit.copy.CopyResult.Refused;
import io.godwit.error.FailureKind;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What a copy did.
record CopySummary(CopyResult copy, boolean dryRun) implements Result {
    @Override
    public int exitCode() {
        boolean damaged =
                copy.refused().stream().anyMatch(one -> one.kind() == FailureKind.CORRUPT);
        if (damaged) {
            return FailureKind.CORRUPT.exitCode();
        }
        return copy.refused().isEmpty() ? 0 : FailureKind.NOT_FOUND.exitCode();
    }

    @Override
    public void json(JsonLine json) {
        json.objects("copied", copy.copied().stream().map(CopySummary::row).toList())
                .objects("refused", copy.refused().stream().map(CopySummary::row).toList())
                .number("readBytes", copy.readBytes())
                .number("newBytes", copy.newBytes())
                .number("storedBytes", copy.storedBytes())
                .number("storePuts", copy.storePuts())
                .decimal("seconds", copy.seconds())
                .number("peakRssBytes", PeakMemory.bytes());
    }

    private static JsonLine.Fields row(Copied one) {
        return row ->
                row.text("source", one.source().toString())
                        .text("target", one.target().map(Object::toString))
                        .text("volume", one.volume().value())
                        .number("sizeBytes", one.sizeBytes())
                        .flag("new", one.fresh());
    }

    private static JsonLine.Fields row(Refused one) {
        return row ->
                row.text("source", one.source().toString())
                        .text("volume", one.volume().value())
                        .text("kind", one.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                        .text("message", one.message());
    }

    private List<Copied> fresh() {
        return copy.copied().stream().filter(Copied::fresh).toList();
    }

    @Override
    public void people(PrintWriter out) {
        List<Copied> fresh = fresh();
        for (Copied one : fresh) {
            out.printf(
                    Locale.ROOT,
                    "%s %s of %s%s.%n",
                    dryRun ? "Would copy" : "Copied",
                    SnapshotRows.shortId(one.source()),
                    one.volume(),
                    one.target().map(id -> " as " + SnapshotRows.shortId(id)).orElse(""));
        }
        out.printf(
                Locale.ROOT,
                "%s %s, %d there already: read %s, stored %s in %s.%n",
                Words.count(fresh.size(), "snapshot"),
                dryRun ? "to copy" : "copied",
                copy.copied().size() - fresh.size(),
                ByteSize.text(copy.readBytes()),
                ByteSize.text(copy.storedBytes()),
                Times.text(copy.seconds()));
    }

    @Override
    public void quiet(PrintWriter out) {
        fresh().forEach(one -> out.println(dryRun ? one.source() : one.target().orElseThrow()));
    }

    @Override
    public Optional<String> complaint() {
        if (copy.refused().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                "%s refused, the others are copied: %s; look at them with godwit verify"
                        .formatted(
                                Words.count(copy.refused().size(), "snapshot"),
                                copy.refused().getFirst().message()));
    }
}
