package io.godwit.cli;

import io.godwit.collect.CollectionRequest;
import io.godwit.collect.RepackLimits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `godwit gc`.
@Command(
        name = "gc",
        description = {
            "Deletes what no snapshot needs any more, and copies what is needed of packs that are"
                    + " badly used.",
            "Backups may run meanwhile: those that do not answer within --fence-after are given"
                    + " up.",
            "Finishes what an interrupted one has begun."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  godwit gc --dry-run", "  godwit gc", "  godwit gc --fence-after 1h --json"})
final class GcCommand extends Task {
    @Option(names = "--dry-run", description = "Say what would go; delete nothing.")
    boolean dryRun;

    @Option(
            names = "--fence-after",
            paramLabel = "TIME",
            description = "How long a backup may leave it unanswered: 90s, 10m, 1h (10m).")
    @Nullable String fenceAfter;

    @Option(
            names = "--accept-missing",
            description =
                    "Go on where snapshots are missing that nobody forgot, and delete what only"
                            + " they need.")
    boolean acceptMissing;

    @Option(
            names = "--repack",
            paramLabel = "BYTES",
            description =
                    "Copy at most so much out of packs that are badly used or small; 0 for none"
                            + " (1GiB).")
    @Nullable String repack;

    @Override
    Result perform(Output output) {
        Duration patience =
                Arguments.duration("--fence-after", fenceAfter, CollectionRequest.FENCE_AFTER);
        RepackLimits limits =
                repack == null
                        ? RepackLimits.DEFAULT
                        : RepackLimits.DEFAULT.withBytesPerRound(
                                Arguments.bytes("--repack", repack, 0));
        try (OpenRepository open =
                OpenRepository.open(this, output, OpenRepository.Cache.KEPT, !dryRun)) {
            CollectionRequest request = new CollectionRequest(dryRun, acceptMissing, patience);
            return GcSummary.collect(this, output, open.repository(), request, limits);
        }
    }

    @Override
    boolean tidiesUp() {
        return true;
    }
}
