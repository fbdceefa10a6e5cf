package io.godwit.cli;

import io.godwit.check.VerifyEngine;
import io.godwit.check.VerifyRequest;
import io.godwit.commit.CatalogueEntry;
import io.godwit.pipeline.MoverSettings;
import io.godwit.repository.Repository;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `godwit verify`.
@Command(
        name = "verify",
        description = {
            "Checks that snapshots can be restored: their structure, and with --read-data their"
                    + " data.",
            "Says what is damaged and which extents of which snapshots it affects. Changes nothing."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit verify",
            "  godwit verify latest:db --read-data",
            "  godwit verify --read-data=5%% --json"
        })
final class VerifyCommand extends Task {
    @Parameters(
            paramLabel = "SNAPSHOT",
            arity = "0..1",
            description = "One snapshot (all): an id, latest:VOLUME or VOLUME@TIME.")
    @Nullable String snapshot;

    @Option(
            names = "--read-data",
            paramLabel = "N%",
            arity = "0..1",
            fallbackValue = "100%",
            description = "Read, open and hash the data too; with =N%% the next so much of it.")
    @Nullable String readData;

    @Override
    Result perform(Output output) throws InterruptedException {
        double percent = readData == null ? 0 : Arguments.percent("--read-data", readData, false);
        MoverSettings settings = Run.settings(this, output);
        AtomicReference<@Nullable VerifyEngine> engine = new AtomicReference<>();
        try (OpenRepository open =
                        OpenRepository.open(this, output, OpenRepository.Cache.NONE, false);
                Run run = new Run(outside(), output, () -> counts(engine.get()))) {
            Repository repository = open.repository();
            List<CatalogueEntry> chosen =
                    snapshot == null
                            ? repository.catalogue().read().entries()
                            : List.of(repository.catalogue().resolve(snapshot));
            VerifyRequest request = new VerifyRequest(chosen, snapshot == null, percent);
            VerifyEngine verify = new VerifyEngine(repository, settings, request, run);
            engine.set(verify);
            return CheckSummary.of(verify.run());
        }
    }

    private static Progress.Counts counts(@Nullable VerifyEngine engine) {
        long done = engine == null ? 0 : engine.doneBytes();
        return new Progress.Counts(done, done, 0, 0);
    }

    @Override
    boolean tidiesUp() {
        return true;
    }
}
