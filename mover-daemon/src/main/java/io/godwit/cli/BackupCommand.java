package io.godwit.cli;

import io.godwit.device.BlockSource;
import io.godwit.device.BlockSources;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pipeline.BackupEngine;
import io.godwit.pipeline.BackupRequest;
import io.godwit.pipeline.MoverSettings;
import io.godwit.pipeline.ParentChoice;
import io.godwit.pipeline.ReadScope;
import io.godwit.pipeline.RunProgress;
import io.godwit.volume.VolumeName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `godwit backup`.
@Command(
        name = "backup",
        description = {
            "Backs a volume up: reads a device, an image, an export or a stream, and stores what"
                    + " is new.",
            "With --quiet: prints the new snapshot's id alone."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit backup db /dev/vg0/db-snap",
            "  godwit backup db /dev/vg0/db-snap --changed-extents changes.json --change-id"
                    + " snap-42",
            "  pg_dump shop | godwit backup shop-dump - --tag app=shop",
            "  godwit backup vm 'nbd+unix:///disk?socket=/run/vm.sock'"
        })
final class BackupCommand extends Task {
    @Parameters(index = "0", paramLabel = "VOLUME", description = "What to call it.")
    String volume = "";

    @Parameters(
            index = "1",
            paramLabel = "SOURCE",
            description = {
                "A block device, a raw image, - for standard input, or an NBD URI:",
                "nbd://host:port/export, nbd+unix:///export?socket=PATH."
            })
    String source = "";

    @Option(
            names = "--parent",
            paramLabel = "SNAPSHOT",
            defaultValue = "auto",
            description = "auto (the newest of the volume), none, or a snapshot.")
    String parent = "auto";

    @Option(
            names = "--changed-extents",
            paramLabel = "FILE",
            description = {
                "JSON list of what changed since \"base\" in it, or since --parent.",
                "Everything else is taken from there."
            })
    @Nullable Path changedExtents;

    @Option(
            names = "--allocated-extents",
            paramLabel = "FILE",
            description = "JSON list of what is allocated. Everything else is zero.")
    @Nullable Path allocatedExtents;

    @Option(
            names = "--change-id",
            paramLabel = "ID",
            description = "Stored with the snapshot: what the next list of changes starts from.")
    @Nullable String changeId;

    @Option(
            names = "--audit",
            paramLabel = "N",
            description = "Read N random blocks that the list calls unchanged, and compare.")
    @Nullable Integer audit;

    @Option(
            names = "--tag",
            paramLabel = "KEY=VALUE",
            description = "A word of yours, stored with the snapshot. Repeatable.")
    @Nullable List<String> tags;

    @Option(
            names = "--time",
            paramLabel = "TIME",
            description = "The snapshot's time (now), as 2026-11-22T10:00:00Z.")
    @Nullable String time;

    @Option(names = "--dry-run", description = "Read and compare, store nothing.")
    boolean dryRun;

    @Override
    Result perform(Output output) throws InterruptedException {
        BackupRequest request = request();
        MoverSettings settings = Run.settings(this, output);
        RunProgress progress = new RunProgress();
        try (OpenRepository open =
                        OpenRepository.open(this, output, OpenRepository.Cache.KEPT, !dryRun);
                Run run = new Run(outside(), output, () -> counts(progress))) {
            BackupEngine engine =
                    new BackupEngine(open.repository(), settings, request, progress, run);
            return new BackupSummary(engine.run(), dryRun);
        }
    }

    private static Progress.Counts counts(RunProgress progress) {
        return new Progress.Counts(
                progress.doneBytes.sum(),
                progress.readBytes.sum(),
                progress.newBytes.sum(),
                progress.storedBytes.sum());
    }

    private BackupRequest request() {
        VolumeName name = new VolumeName(volume);
        int audited = Arguments.atLeast(0, "--audit", audit, 0);
        requireInOrder();
        return new BackupRequest(
                name,
                source,
                parent(),
                scope(),
                Optional.ofNullable(changeId),
                audited,
                Arguments.tags(tags),
                Optional.ofNullable(time).map(text -> Arguments.time("--time", text)),
                dryRun);
    }

    /// Somebody who swapped them would get a volume that is called as a device.
    private void requireInOrder() {
        if (!source.equals("-") && !Files.exists(Path.of(source)) && volume.startsWith("/")) {
            throw new GodwitException(FailureKind.NOT_FOUND, "no such source: " + source)
                    .withObject(source)
                    .withHint(
                            "the volume's name comes first: godwit backup "
                                    + source
                                    + " "
                                    + volume);
        }
    }

    private ParentChoice parent() {
        return switch (parent) {
            case "auto" -> new ParentChoice.Auto();
            case "none" -> new ParentChoice.None();
            default -> new ParentChoice.Named(parent);
        };
    }

    private ReadScope scope() {
        if (changedExtents != null && allocatedExtents != null) {
            throw Arguments.invalid(
                    "both --changed-extents and --allocated-extents are given", "leave one out");
        }
        if (changedExtents != null) {
            ExtentFile file = ExtentFile.read("--changed-extents", changedExtents);
            long size = file.size().isPresent() ? file.size().getAsLong() : sourceBytes();
            return new ReadScope.Changed(size, file.base(), file.extents());
        }
        if (allocatedExtents != null) {
            return new ReadScope.Allocated(
                    ExtentFile.read("--allocated-extents", allocatedExtents).extents());
        }
        return new ReadScope.Everything();
    }

    /// A bare list does not say how large the volume is that it is about: as large as now.
    private long sourceBytes() {
        try (BlockSource opened = BlockSources.open(source)) {
            return Math.max(0, opened.size());
        }
    }

    @Override
    boolean tidiesUp() {
        return true;
    }
}
