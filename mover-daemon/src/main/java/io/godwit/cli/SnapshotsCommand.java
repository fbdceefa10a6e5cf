package io.godwit.cli;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CatalogueView;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.repository.Repository;
import io.godwit.volume.VolumeName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `godwit snapshots`.
@Command(
        name = "snapshots",
        description = "Lists snapshots by volume, oldest first. With --quiet: their ids alone.",
        footerHeading = "%nExamples:%n",
        footer = {"  godwit snapshots", "  godwit snapshots --volume db --latest 5 --json"})
final class SnapshotsCommand extends Task {
    @Option(names = "--volume", paramLabel = "VOLUME", description = "Of this volume alone.")
    @Nullable String volume;

    @Option(names = "--latest", paramLabel = "N", description = "The newest N of each volume.")
    @Nullable Integer latest;

    @Override
    Result perform(Output output) {
        int newest = Arguments.atLeast(1, "--latest", latest, Integer.MAX_VALUE);
        try (OpenRepository open =
                OpenRepository.open(this, output, OpenRepository.Cache.NONE, false)) {
            return new SnapshotRows(newestOf(view(open.repository()), newest));
        }
    }

    private CatalogueView view(Repository repository) {
        if (volume == null) {
            return repository.catalogue().read();
        }
        CatalogueView view = repository.catalogue().read(new VolumeName(volume));
        if (view.entries().isEmpty()) {
            throw new GodwitException(FailureKind.NOT_FOUND, "volume has no snapshot: " + volume)
                    .withHint("list volumes with: godwit volumes");
        }
        return view;
    }

    private static List<CatalogueEntry> newestOf(CatalogueView view, int count) {
        List<CatalogueEntry> chosen = new ArrayList<>();
        for (VolumeName name : view.volumes()) {
            List<CatalogueEntry> entries = view.entries(name);
            chosen.addAll(entries.subList(Math.max(0, entries.size() - count), entries.size()));
        }
        return chosen;
    }
}
