package io.godwit.cli;

import io.godwit.commit.CatalogueEntry;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `godwit undelete`.
@Command(
        name = "undelete",
        description = {
            "Brings a forgotten snapshot back, as long as no collection has come by.",
            "It has the same content and time under a new id. With --quiet: prints that id alone."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  godwit undelete 4f1c09", "  godwit undelete 4f1c09 --json"})
final class UndeleteCommand extends Task {
    @Parameters(
            paramLabel = "ID",
            description = "The id of the forgotten snapshot, or its first digits.")
    String snapshot = "";

    @Override
    Result perform(Output output) {
        try (OpenRepository open =
                OpenRepository.open(this, output, OpenRepository.Cache.NONE, true)) {
            return new Undeleted(open.repository().undelete(snapshot));
        }
    }

    @Override
    boolean tidiesUp() {
        return true;
    }

    private record Undeleted(CatalogueEntry entry) implements Result {
        @Override
        public void json(JsonLine json) {
            json.text("snapshot", entry.snapshot().toString());
        }

        @Override
        public void people(PrintWriter out) {
            out.printf(
                    Locale.ROOT,
                    "Back as %s of volume %s, %s.%n",
                    SnapshotRows.shortId(entry.snapshot()),
                    entry.volume(),
                    Times.text(entry.time()));
        }

        @Override
        public void quiet(PrintWriter out) {
            out.println(entry.snapshot());
        }
    }
}
