package io.godwit.cli;

import io.godwit.commit.CatalogueEntry;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pipeline.MoverSettings;
import io.godwit.restore.RestoreCounters;
import io.godwit.restore.RestoreEngine;
import io.godwit.restore.RestoreRequest;
import io.godwit.restore.SnapshotHold;
import io.godwit.store.StoreUrl;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `godwit restore`.
@Command(
        name = "restore",
        description = {
            "Restores a snapshot to a device, a file or standard output.",
            "A target that is mounted or in use is always refused."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit restore latest:db /dev/vg0/db --delta",
            "  godwit restore 4f1c09 db.img --sparse --verify",
            "  godwit restore db@2026-11-22T10:00Z - | zstd > db.img.zst"
        })
final class RestoreCommand extends Task {
    private static final String STANDARD_OUTPUT = "-";

    @Parameters(
            index = "0",
            paramLabel = "SNAPSHOT",
            description = "An id or its first digits, latest:VOLUME or VOLUME@TIME.")
    String snapshot = "";

    @Parameters(
            index = "1",
            paramLabel = "TARGET",
            description = "A device, a file, or - for standard output.")
    String target = "";

    @Option(
            names = "--delta",
            description = "Write only what differs from what is there. Overwrites like --force.")
    boolean delta;

    @Option(names = "--verify", description = "Read everything back and compare.")
    boolean verify;

    @Option(names = "--sparse", description = "Leave holes in a new file where it is zero.")
    boolean sparse;

    @Option(names = "--resume", description = "Go on with a restore that was interrupted.")
    boolean resume;

    @Option(
            names = "--offset",
            paramLabel = "BYTES",
            description = "Start here; the target starts with it.")
    @Nullable String offset;

    @Option(names = "--length", paramLabel = "BYTES", description = "Restore so much (all).")
    @Nullable String length;

    @Option(
            names = "--force",
            description = "Overwrite a file system, or a file that is not empty.")
    boolean force;

    @Override
    Result perform(Output output) {
        if (dataOnOutput() && (delta || verify || resume)) {
            throw Arguments.invalid(
                    "standard output cannot be read back: target=-",
                    "leave out --delta, --verify and --resume, or name a file");
        }
        long from = Arguments.bytes("--offset", offset, 0);
        OptionalLong bytes =
                length == null
                        ? OptionalLong.empty()
                        : OptionalLong.of(ByteSize.parse("--length", length));
        MoverSettings settings = Run.settings(this, output);
        RestoreCounters counters = new RestoreCounters();
        // Leaf lists of the cache tell what a target holds; for writing all of it nothing is looked
        // up.
        OpenRepository.Cache cache =
                delta || verify ? OpenRepository.Cache.KEPT : OpenRepository.Cache.NONE;
        try (OpenRepository open = OpenRepository.open(this, output, cache, false);
                Run run = new Run(outside(), output, () -> counts(counters))) {
            CatalogueEntry entry = open.repository().catalogue().resolve(snapshot);
            RestoreRequest request =
                    new RestoreRequest(
                            entry,
                            target,
                            delta,
                            verify,
                            sparse,
                            resume,
                            from,
                            bytes,
                            force,
                            reserved());
            RestoreEngine engine =
                    new RestoreEngine(open.repository(), settings, request, counters, run);
            try (SnapshotHold _ =
                    SnapshotHold.take(
                            open.repository(),
                            entry,
                            "restore",
                            outside().threads(),
                            SnapshotHold.HEARTBEAT,
                            run)) {
                return new RestoreSummary(engine.run(), counters.reasons());
            }
        } catch (InterruptedException e) {
            String again = dataOnOutput() ? "run it again" : "run it again with --resume";
            throw new GodwitException(FailureKind.INTERRUPTED, "interrupted", e).withHint(again);
        }
    }

    /// The repository itself must not be overwritten.
    private List<Path> reserved() {
        return switch (OpenRepository.url(outside(), options())) {
            case StoreUrl.Directory directory -> List.of(directory.path());
            case StoreUrl.S3 _ -> List.of();
        };
    }

    private static Progress.Counts counts(RestoreCounters counters) {
        return new Progress.Counts(counters.doneBytes.sum(), counters.fetchedBytes.sum(), 0, 0);
    }

    @Override
    boolean dataOnOutput() {
        return target.equals(STANDARD_OUTPUT);
    }

    @Override
    boolean tidiesUp() {
        return true;
    }
}
