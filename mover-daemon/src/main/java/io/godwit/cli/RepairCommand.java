package io.godwit.cli;

import io.godwit.check.RepairEngine;
import io.godwit.check.RepairRequest;
import io.godwit.pipeline.MoverSettings;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `godwit repair`.
@Command(
        name = "repair",
        description = {
            "Finds what is lost, and makes the next backup store it again.",
            "Says which extents of which snapshots are affected, and finds what stands elsewhere.",
            "Deletes nothing. Run it again after the backup: then old snapshots are mended too."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit repair --dry-run",
            "  godwit repair",
            "  godwit repair --read-data=0%% --json"
        })
final class RepairCommand extends Task {
    private static final String ADVICE =
            "back the volumes up, and run godwit repair again: what their sources still have is"
                    + " stored anew";

    @Option(names = "--dry-run", description = "Say what is lost; change nothing.")
    boolean dryRun;

    @Option(
            names = "--read-data",
            paramLabel = "N%",
            description =
                    "Read so much of the data to find damage (100%%); 0%% looks at structure.")
    @Nullable String readData;

    @Override
    Result perform(Output output) throws InterruptedException {
        double percent = readData == null ? 100 : Arguments.percent("--read-data", readData, true);
        MoverSettings settings = Run.settings(this, output);
        AtomicReference<@Nullable RepairEngine> engine = new AtomicReference<>();
        try (OpenRepository open =
                        OpenRepository.open(this, output, OpenRepository.Cache.NONE, !dryRun);
                Run run = new Run(outside(), output, () -> counts(engine.get()))) {
            RepairRequest request = new RepairRequest(percent, dryRun);
            RepairEngine repair = new RepairEngine(open.repository(), settings, request, run);
            engine.set(repair);
            return CheckSummary.of(repair.run(), ADVICE);
        }
    }

    private static Progress.Counts counts(@Nullable RepairEngine engine) {
        long done = engine == null ? 0 : engine.doneBytes();
        return new Progress.Counts(done, done, 0, 0);
    }

    @Override
    boolean tidiesUp() {
        return true;
    }
}
