package io.godwit.cli;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CatalogueView;
import io.godwit.copy.CopyEngine;
import io.godwit.copy.CopyProgress;
import io.godwit.copy.CopyRequest;
import io.godwit.pipeline.MoverSettings;
import io.godwit.repository.Repository;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `godwit copy`.
@Command(
        name = "copy",
        description = {
            "Copies snapshots to another repository, with keys and a store of its own.",
            "What is there is not sent again; repeating it is harmless.",
            "With --quiet: prints the ids of the new snapshots alone."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit copy --to s3://vault/main --to-key-file other.key",
            "  godwit copy --to /mnt/disk/backup --to-password-file pw latest:db latest:mail"
        })
final class CopyCommand extends Task {
    @Mixin ToOptions to = new ToOptions();

    @Parameters(
            paramLabel = "SNAPSHOT",
            arity = "0..*",
            description = "Only these (all): an id, latest:VOLUME or VOLUME@TIME.")
    List<String> snapshots = List.of();

    @Option(
            names = "--verify",
            description = "Read what this call copied from both repositories again, and compare.")
    boolean verify;

    @Option(names = "--dry-run", description = "Say what would be copied, and copy nothing.")
    boolean dryRun;

    @Override
    Result perform(Output output) throws InterruptedException {
        MoverSettings settings = Run.settings(this, output);
        CopyProgress progress = new CopyProgress();
        try (OpenRepository source =
                        OpenRepository.open(this, output, OpenRepository.Cache.NONE, false);
                OpenRepository target =
                        OpenRepository.open(
                                outside(),
                                to.asRepository(options()),
                                () -> new Unlocking(outside(), options()).other(to),
                                output,
                                OpenRepository.Cache.KEPT,
                                !dryRun);
                Run run = new Run(outside(), output, () -> counts(progress))) {
            CopyRequest request =
                    new CopyRequest(
                            chosen(source.repository()), !snapshots.isEmpty(), verify, dryRun);
            CopyEngine engine =
                    new CopyEngine(
                            source.repository(),
                            target.repository(),
                            settings,
                            request,
                            progress,
                            run);
            return new CopySummary(engine.run(), dryRun);
        }
    }

    private List<CatalogueEntry> chosen(Repository repository) {
        CatalogueView view = repository.catalogue().read();
        return snapshots.isEmpty()
                ? view.entries()
                : snapshots.stream().map(view::resolve).toList();
    }

    private static Progress.Counts counts(CopyProgress progress) {
        return new Progress.Counts(
                progress.doneBytes(),
                progress.readBytes(),
                progress.newBytes(),
                progress.storedBytes());
    }

    @Override
    boolean tidiesUp() {
        return true;
    }
}
