package io.godwit.cli;

import io.godwit.check.RepositoryStats;
import io.godwit.check.StatsEngine;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;

/// `godwit stats`.
@Command(
        name = "stats",
        description = "Counts what is in a repository, by its packs' own footers.",
        footerHeading = "%nExamples:%n",
        footer = {"  godwit stats", "  godwit stats --json"})
final class StatsCommand extends Task {
    @Override
    Result perform(Output output) throws InterruptedException {
        try (OpenRepository open =
                OpenRepository.open(this, output, OpenRepository.Cache.NONE, false)) {
            StatsEngine engine = new StatsEngine(open.repository());
            RepositoryStats stats = engine.run();
            warn(engine.damaged(), output);
            return new Statistics(stats);
        }
    }

    private static void warn(List<String> damaged, Output output) {
        if (!damaged.isEmpty()) {
            output.warning(
                    "pack-damaged",
                    "what damaged packs hold is not counted, see godwit verify: packs=%d first=%s"
                            .formatted(damaged.size(), damaged.getFirst()));
        }
    }

    private record Statistics(RepositoryStats stats) implements Result {
        @Override
        public void json(JsonLine json) {
            json.number("snapshots", stats.snapshots())
                    .number("volumes", stats.volumes())
                    .number("logicalBytes", stats.logicalBytes())
                    .number("uniqueBytes", stats.uniqueBytes())
                    .number("storedBytes", stats.storedBytes())
                    .decimal("dedupRatio", stats.dedupRatio())
                    .decimal("compressionRatio", stats.compressionRatio())
                    .number("packs", stats.packs())
                    .number("chunks", stats.chunks())
                    .text("indexDigest", stats.indexDigest());
        }

        @Override
        public void people(PrintWriter out) {
            out.printf(
                    Locale.ROOT,
                    "%s of %s, %s in all.%n",
                    Words.count(stats.snapshots(), "snapshot"),
                    Words.count(stats.volumes(), "volume"),
                    ByteSize.text(stats.logicalBytes()));
            out.printf(
                    Locale.ROOT,
                    "%s of it unique (%.1f : 1), stored in %s (%.2f : 1).%n",
                    ByteSize.text(stats.uniqueBytes()),
                    stats.dedupRatio(),
                    ByteSize.text(stats.storedBytes()),
                    stats.compressionRatio());
            out.printf(
                    Locale.ROOT,
                    "%s in %s.%n",
                    Words.count(stats.chunks(), "chunk"),
                    Words.count(stats.packs(), "pack"));
        }

        @Override
        public void quiet(PrintWriter out) {
            people(out);
        }
    }
}
