package io.godwit.cli;

import io.godwit.repository.IndexRebuild;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `godwit index rebuild`.
@Command(
        name = "rebuild",
        description = {
            "Makes this node's index anew, from what the repository holds.",
            "From the index segments, and the footers of packs that no segment names. Never needed",
            "for a restore; a backup without an index may store more than it has to."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  godwit index rebuild", "  godwit index rebuild --from-packs --json"})
final class IndexRebuildCommand extends Task {
    @Option(
            names = "--from-packs",
            description = "From the footers of all packs alone, as if there were no segments.")
    boolean fromPacks;

    @Override
    Result perform(Output output) {
        AtomicReference<@Nullable IndexRebuild> running = new AtomicReference<>();
        long start = outside().nanoTime().getAsLong();
        try (OpenRepository open =
                        OpenRepository.open(this, output, OpenRepository.Cache.KEPT, false);
                Run run = new Run(outside(), output, () -> counts(running.get()))) {
            IndexRebuild rebuild = open.repository().indexRebuild(run::phase);
            running.set(rebuild);
            IndexRebuild.Result built = rebuild.run(fromPacks);
            return new Rebuilt(built, (outside().nanoTime().getAsLong() - start) / 1e9);
        }
    }

    private static Progress.Counts counts(@Nullable IndexRebuild rebuild) {
        long done = rebuild == null ? 0 : rebuild.doneBytes();
        return new Progress.Counts(done, done, 0, 0);
    }

    private record Rebuilt(IndexRebuild.Result built, double seconds) implements Result {
        @Override
        public void json(JsonLine json) {
            json.number("chunks", built.chunks())
                    .number("segments", built.segments())
                    .number("packs", built.packs())
                    .decimal("seconds", seconds)
                    .text("indexDigest", built.digest());
        }

        @Override
        public void people(PrintWriter out) {
            out.printf(
                    Locale.ROOT,
                    "The index knows %s, from %s and the footers of %s.%n",
                    Words.count(built.chunks(), "chunk"),
                    Words.count(built.segments(), "segment"),
                    Words.count(built.packs(), "pack"));
        }

        @Override
        public void quiet(PrintWriter out) {
            out.println(built.digest());
        }
    }
}
