package io.godwit.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Another repository, and what opens it.
final class ToOptions {
    @Option(
            names = "--to",
            paramLabel = "URL",
            required = true,
            description = "The other repository: /path, file:///path or s3://...")
    String repo = "";

    @Option(
            names = "--to-password-file",
            paramLabel = "FILE",
            description = "Read its password from the file.")
    @Nullable Path passwordFile;

    @Option(
            names = "--to-password-command",
            paramLabel = "COMMAND",
            description = "Run the command in a shell; it prints its password.")
    @Nullable String passwordCommand;

    @Option(
            names = "--to-key-file",
            paramLabel = "FILE",
            description = "Open it with this key file.")
    @Nullable Path keyFile;

    @Option(
            names = "--to-sheet-file",
            paramLabel = "FILE",
            description = "Open it with a recovery sheet that was typed into the file.")
    @Nullable Path sheetFile;

    @Option(
            names = "--to-key-service",
            paramLabel = "URL",
            description = "Open it with a key service: vault-transit://host:port/mount/key.")
    @Nullable String keyService;

    @Option(
            names = "--to-service-token-file",
            paramLabel = "FILE",
            description = "Read the token for its key service from the file.")
    @Nullable Path serviceTokenFile;

    /// The options of the call, with the other repository in the place of the first.
    GlobalOptions asRepository(GlobalOptions of) {
        GlobalOptions other = new GlobalOptions();
        other.repo = repo;
        other.cacheDir = of.cacheDir;
        other.stateDir = of.stateDir;
        other.limitUpload = of.limitUpload;
        return other;
    }
}
