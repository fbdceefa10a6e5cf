package io.godwit.cli;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.SnapshotId;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `godwit show`.
@Command(
        name = "show",
        description = "Tells what is known of one snapshot.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit show latest:db",
            "  godwit show 4f1c09",
            "  godwit show db@2026-11-22T10:00Z --json"
        })
final class ShowCommand extends Task {
    @Parameters(
            paramLabel = "SNAPSHOT",
            description = "An id or its first digits, latest:VOLUME or VOLUME@TIME.")
    String snapshot = "";

    @Override
    Result perform(Output output) {
        try (OpenRepository open =
                OpenRepository.open(this, output, OpenRepository.Cache.NONE, false)) {
            return new Shown(open.repository().catalogue().resolve(snapshot));
        }
    }

    private record Shown(CatalogueEntry entry) implements Result {
        @Override
        public void json(JsonLine json) {
            new SnapshotRows(List.of(entry)).json(json);
        }

        @Override
        public void people(PrintWriter out) {
            Table table = new Table("ll", "snapshot", entry.snapshot().toString());
            table.row("volume", entry.volume().value());
            table.row("time", Times.text(entry.time()));
            table.row("size", ByteSize.text(entry.sizeBytes()));
            table.row("changed", ByteSize.text(entry.changedBytes()));
            table.row("stored", ByteSize.text(entry.storedBytes()));
            table.row("parent", entry.parent().map(SnapshotId::toString).orElse("none"));
            table.row("chunker", entry.chunker());
            entry.changeId().ifPresent(id -> table.row("change id", id));
            entry.retainUntil().ifPresent(time -> table.row("retained until", Times.text(time)));
            if (!entry.tags().isEmpty()) {
                table.row("tags", SnapshotRows.tags(entry));
            }
            table.print(out);
        }

        @Override
        public void quiet(PrintWriter out) {
            out.println(entry.snapshot());
        }
    }
}
