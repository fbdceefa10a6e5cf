package io.godwit.cli;

import io.godwit.check.ScrubEngine;
import io.godwit.pipeline.MoverSettings;
import io.godwit.store.Store;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/// `godwit scrub`.
@Command(
        name = "scrub",
        description = {
            "Reads every object of a repository and compares it with its checksums. Needs no key.",
            "Finds what a disk or a network did to bytes; whether snapshots are whole, says verify."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  godwit scrub", "  godwit scrub -r /backup/repo --json"})
final class ScrubCommand extends Task {
    @Override
    Result perform(Output output) throws InterruptedException {
        MoverSettings settings = Run.settings(this, output);
        AtomicReference<@Nullable ScrubEngine> engine = new AtomicReference<>();
        try (Store store = OpenRepository.store(this);
                Run run = new Run(outside(), output, () -> counts(engine.get()))) {
            ScrubEngine scrub = new ScrubEngine(store, settings, run);
            engine.set(scrub);
            return CheckSummary.of(scrub.run());
        }
    }

    private static Progress.Counts counts(@Nullable ScrubEngine engine) {
        long done = engine == null ? 0 : engine.doneBytes();
        return new Progress.Counts(done, done, 0, 0);
    }

    @Override
    boolean tidiesUp() {
        return true;
    }
}
