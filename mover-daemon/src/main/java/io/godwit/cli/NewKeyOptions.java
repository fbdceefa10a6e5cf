package io.godwit.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What a repository shall open with from now on.
final class NewKeyOptions {
    @Option(
            names = "--new-password-file",
            paramLabel = "FILE",
            description = "Read the new password from the file.")
    @Nullable Path passwordFile;

    @Option(
            names = "--new-password-command",
            paramLabel = "COMMAND",
            description = "Run the command in a shell; it prints the new password.")
    @Nullable String passwordCommand;

    @Option(
            names = "--new-key-file",
            paramLabel = "FILE",
            description = "This key file; made of 32 random bytes when there is none.")
    @Nullable Path keyFile;

    @Option(
            names = "--new-sheet-file",
            paramLabel = "FILE",
            description = "A recovery sheet to print; made when there is no file.")
    @Nullable Path sheetFile;

    @Option(
            names = "--new-key-service",
            paramLabel = "URL",
            description = "A key service: vault-transit://host:port/mount/key.")
    @Nullable String keyService;
}
