package io.godwit.cli;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CatalogueView;
import io.godwit.volume.VolumeName;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;

/// `godwit volumes`.
@Command(
        name = "volumes",
        description = "Lists volumes with their newest snapshots. With --quiet: their names alone.",
        footerHeading = "%nExamples:%n",
        footer = {"  godwit volumes", "  godwit volumes --json"})
final class VolumesCommand extends Task {
    @Override
    Result perform(Output output) {
        try (OpenRepository open =
                OpenRepository.open(this, output, OpenRepository.Cache.NONE, false)) {
            CatalogueView view = open.repository().catalogue().read();
            return new Volumes(view.volumes().stream().map(name -> Volume.of(name, view)).toList());
        }
    }

    /// @param storedBytes by all its snapshots
    private record Volume(
            String name,
            int snapshots,
            Instant oldest,
            Instant newest,
            String latest,
            long sizeBytes,
            long storedBytes) {
        static Volume of(VolumeName name, CatalogueView view) {
            List<CatalogueEntry> entries = view.entries(name);
            CatalogueEntry newest = entries.getLast();
            return new Volume(
                    name.value(),
                    entries.size(),
                    entries.getFirst().time(),
                    newest.time(),
                    newest.snapshot().toString(),
                    newest.sizeBytes(),
                    entries.stream().mapToLong(CatalogueEntry::storedBytes).sum());
        }

        void json(JsonLine row) {
            row.text("volume", name)
                    .number("snapshots", snapshots)
                    .time("oldestTime", oldest)
                    .time("newestTime", newest)
                    .text("latest", latest)
                    .number("sizeBytes", sizeBytes)
                    .number("storedBytes", storedBytes);
        }
    }

    private record Volumes(List<Volume> volumes) implements Result {
        @Override
        public void json(JsonLine json) {
            json.objects("volumes", volumes.stream().<JsonLine.Fields>map(v -> v::json).toList());
        }

        @Override
        public void people(PrintWriter out) {
            if (volumes.isEmpty()) {
                out.println("No volumes. Back one up: godwit backup VOLUME SOURCE");
                return;
            }
            Table table =
                    new Table(
                            "lrllrr", "VOLUME", "SNAPSHOTS", "OLDEST", "NEWEST", "SIZE", "STORED");
            for (Volume volume : volumes) {
                table.row(
                        volume.name(),
                        Integer.toString(volume.snapshots()),
                        Times.text(volume.oldest()),
                        Times.text(volume.newest()),
                        ByteSize.text(volume.sizeBytes()),
                        ByteSize.text(volume.storedBytes()));
            }
            table.print(out);
        }

        @Override
        public void quiet(PrintWriter out) {
            volumes.forEach(volume -> out.println(volume.name()));
        }
    }
}
