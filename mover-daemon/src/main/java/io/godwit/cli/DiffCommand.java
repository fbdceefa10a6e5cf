package io.godwit.cli;

import io.godwit.commit.CatalogueEntry;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.repository.Repository;
import io.godwit.volume.Root;
import io.godwit.volume.TreeDiff;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `godwit diff`.
@Command(
        name = "diff",
        description = {
            "Lists what changed from one snapshot of a volume to another. No data is read.",
            "What it prints is fit for backup --changed-extents; it may name more than changed."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  godwit diff 4f1c09 latest:db", "  godwit diff 4f1c09 81ab22 > changes.json"})
final class DiffCommand extends Task {
    @Parameters(index = "0", paramLabel = "A", description = "The older snapshot.")
    String base = "";

    @Parameters(index = "1", paramLabel = "B", description = "The newer snapshot.")
    String target = "";

    @Override
    Result perform(Output output) {
        try (OpenRepository open =
                OpenRepository.open(this, output, OpenRepository.Cache.NONE, false)) {
            Repository repository = open.repository();
            CatalogueEntry from = repository.catalogue().resolve(base);
            CatalogueEntry to = repository.catalogue().resolve(target);
            if (!from.volume().equals(to.volume())) {
                throw new GodwitException(
                                FailureKind.INVALID,
                                "snapshots are of different volumes: a=%s b=%s"
                                        .formatted(from.volume(), to.volume()))
                        .withHint("choose two of one volume: godwit snapshots");
            }
            Root old = repository.readRoot(from);
            Root young = repository.readRoot(to);
            ExtentLog changes = new ExtentLog();
            repository.withMetadata(
                    source -> {
                        new TreeDiff(source).diff(old.tree(), young.tree(), changes::add);
                        return changes;
                    });
            return new Difference(
                    from.snapshot().toString(),
                    to.snapshot().toString(),
                    young.volumeBytes(),
                    changes);
        }
    }

    private record Difference(String base, String target, long size, ExtentLog changes)
            implements Result {
        @Override
        public void json(JsonLine json) {
            json.number("size", size)
                    .text("base", base)
                    .text("target", target)
                    .extents("extents", changes);
        }

        /// The document alone, one extent a line.
        @Override
        public void people(PrintWriter out) {
            out.printf(
                    Locale.ROOT,
                    "{\"size\":%d,\"base\":\"%s\",\"target\":\"%s\",%n",
                    size,
                    base,
                    target);
            out.print("\"extents\":[");
            String[] before = {"\n"};
            changes.forEach(
                    (offset, length) -> {
                        out.print(before[0]);
                        out.print("{\"offset\":" + offset + ",\"length\":" + length + "}");
                        before[0] = ",\n";
                    });
            out.println("]}");
        }

        @Override
        public void quiet(PrintWriter out) {
            people(out);
        }
    }
}
