package io.godwit.cli;

import io.godwit.chunk.ChunkerSpec;
import io.godwit.pack.Codec;
import io.godwit.repository.InitOptions;
import io.godwit.repository.Initialised;
import io.godwit.seal.Unlock;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `godwit init`.
@Command(
        name = "init",
        description = {
            "Makes a repository where there is none yet.",
            "The store is probed first: one that cannot keep writers apart is refused."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit -r /srv/backup --password-file pw init",
            "  head -c 32 /dev/urandom > key; godwit -r /srv/backup --key-file key init",
            "  godwit init --chunker fixed:64KiB --compression zstd:3"
        })
final class InitCommand extends Task {
    @Option(
            names = "--chunker",
            paramLabel = "KIND",
            defaultValue = "leaf",
            description = "leaf, gear[:SIZE] or fixed[:SIZE] (leaf: for volumes).")
    String chunker = "leaf";

    @Option(
            names = "--compression",
            paramLabel = "KIND",
            defaultValue = "zstd:1",
            description = "zstd:LEVEL, lz4 or none (zstd:1).")
    String compression = "zstd:1";

    @Override
    Result perform(Output output) {
        ChunkerSpec spec = ChunkerSpec.parse(chunker);
        Codec codec = Codec.parse(compression);
        String url = OpenRepository.url(outside(), options()).text();
        Unlock unlock = new Unlocking(outside(), options()).fresh();
        return new Made(
                url, OpenRepository.init(this, output, new InitOptions(spec, codec, unlock)));
    }

    @Override
    boolean tidiesUp() {
        return true;
    }

    private record Made(String url, Initialised repository) implements Result {
        @Override
        public void json(JsonLine json) {
            json.text("repository", repository.config().repository().toString())
                    .text("url", url)
                    .text("chunker", repository.config().chunker())
                    .text("compression", repository.config().compression())
                    .object(
                            "storeCapabilities",
                            store ->
                                    store.text("medium", repository.capabilities().medium())
                                            .text("tier", repository.capabilities().tier().text())
                                            .number(
                                                    "contenders",
                                                    repository.capabilities().contenders())
                                            .flag(
                                                    "versioned",
                                                    repository.capabilities().versioned())
                                            .decimal(
                                                    "putSeconds",
                                                    seconds(repository.capabilities().putLatency()))
                                            .decimal(
                                                    "readSeconds",
                                                    seconds(
                                                            repository
                                                                    .capabilities()
                                                                    .readLatency())));
        }

        private static double seconds(Duration duration) {
            return duration.toNanos() / 1e9;
        }

        @Override
        public void people(PrintWriter out) {
            out.printf(
                    Locale.ROOT,
                    "Made repository %s in %s.%n",
                    repository.config().repository(),
                    url);
            out.printf(
                    Locale.ROOT,
                    "Chunker %s, compression %s, store %s, for %s.%n",
                    repository.config().chunker(),
                    repository.config().compression(),
                    repository.capabilities().medium(),
                    switch (repository.capabilities().tier()) {
                        case SHARED -> "any number of hosts";
                        case SINGLE_HOST -> "this host only";
                    });
            if (repository.capabilities().versioned()) {
                out.println(
                        "The bucket is versioned: what is deleted stays, and costs, until a rule of"
                                + " the bucket's expires old versions.");
            }
            out.println("Without the password or key nobody can read it: keep a copy elsewhere.");
        }
    }
}
