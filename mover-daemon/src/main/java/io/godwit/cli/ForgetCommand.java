package io.godwit.cli;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.Forgetting;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `godwit forget`.
@Command(
        name = "forget",
        description = {
            "Forgets snapshots: from now on nothing finds them.",
            "All are checked before the first is forgotten."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit forget 4f1c09 81ab22",
            "  godwit forget --dry-run latest:db",
            "  godwit forget --allow-empty latest:db"
        })
final class ForgetCommand extends Task {
    @Parameters(
            paramLabel = "SNAPSHOT",
            arity = "1..*",
            description = "An id or its first digits, latest:VOLUME or VOLUME@TIME.")
    List<String> snapshots = List.of();

    @Option(names = "--dry-run", description = "Say what would be forgotten, and forget nothing.")
    boolean dryRun;

    @Option(names = "--allow-empty", description = "Leave a volume without any snapshot.")
    boolean allowEmpty;

    @Override
    Result perform(Output output) {
        try (OpenRepository open =
                OpenRepository.open(this, output, OpenRepository.Cache.NONE, true)) {
            Forgetting.Options how = new Forgetting.Options(allowEmpty, dryRun, "by id");
            return new Forgotten(open.repository().forgetting().forget(snapshots, how), dryRun);
        }
    }

    @Override
    boolean tidiesUp() {
        return true;
    }

    private record Forgotten(Forgetting.Result result, boolean dryRun) implements Result {
        @Override
        public void json(JsonLine json) {
            json.objects(
                            "kept",
                            result.kept().stream()
                                    .<JsonLine.Fields>map(
                                            entry ->
                                                    row -> {
                                                        named(entry, row);
                                                        row.texts("reasons", List.of("not named"));
                                                    })
                                    .toList())
                    .objects(
                            "forgotten",
                            result.forgotten().stream()
                                    .<JsonLine.Fields>map(entry -> row -> named(entry, row))
                                    .toList());
        }

        private static void named(CatalogueEntry entry, JsonLine row) {
            row.text("id", entry.snapshot().toString()).text("volume", entry.volume().value());
        }

        @Override
        public void people(PrintWriter out) {
            for (CatalogueEntry entry : result.forgotten()) {
                out.printf(
                        Locale.ROOT,
                        "%s %s of volume %s, %s.%n",
                        dryRun ? "Would forget" : "Forgot",
                        SnapshotRows.shortId(entry.snapshot()),
                        entry.volume(),
                        Times.text(entry.time()));
            }
            out.printf(
                    Locale.ROOT,
                    "%s of the same volumes left.%n",
                    Words.count(result.kept().size(), "snapshot"));
        }
    }
}
