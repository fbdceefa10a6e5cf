package io.godwit.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// Options of every command; they may stand before or behind its name.
final class GlobalOptions {
    @Option(
            names = {"-r", "--repo"},
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description = "The repository: /path, file:///path or s3://... (GODWIT_REPO).")
    @Nullable String repo;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Read the password from the file (else GODWIT_PASSWORD, else ask).")
    @Nullable Path passwordFile;

    @Option(
            names = "--password-command",
            paramLabel = "COMMAND",
            scope = ScopeType.INHERIT,
            description = "Run the command in a shell; it prints the password.")
    @Nullable String passwordCommand;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Open with a key file of 32 or more random bytes; fast.")
    @Nullable Path keyFile;

    @Option(
            names = "--sheet-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Open with a recovery sheet that was typed into the file.")
    @Nullable Path sheetFile;

    @Option(
            names = "--key-service",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description = "Open with a key service: vault-transit://host:port/mount/key.")
    @Nullable String keyService;

    @Option(
            names = "--service-token-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "The token for the key service (else VAULT_TOKEN, ~/.vault-token).")
    @Nullable Path keyServiceTokenFile;

    @Option(
            names = "--cache-dir",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "Cache, can be deleted (else $XDG_CACHE_HOME/godwit, ~/.cache/godwit).")
    @Nullable Path cacheDir;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "Journals of restores and such (else GODWIT_STATE, /var/lib/godwit).")
    @Nullable Path stateDir;

    @Option(
            names = "--limit-upload",
            paramLabel = "RATE",
            scope = ScopeType.INHERIT,
            description = "Upload at most so much a second, for example 20MiB.")
    @Nullable String limitUpload;

    @Option(
            names = "--limit-read",
            paramLabel = "RATE",
            scope = ScopeType.INHERIT,
            description = "Read at most so much of a source a second.")
    @Nullable String limitRead;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            scope = ScopeType.INHERIT,
            description = "Memory of the whole process (400MiB).")
    @Nullable String memory;

    @Option(
            names = "--threads",
            paramLabel = "N",
            scope = ScopeType.INHERIT,
            description = "Threads that hash and compress (one for each processor).")
    @Nullable Integer threads;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "Answer in JSON lines: progress, warning, then result or error.")
    boolean json;

    @Option(
            names = "--quiet",
            scope = ScopeType.INHERIT,
            description = "No progress and no summary.")
    boolean quiet;

    @Option(names = "-v", scope = ScopeType.INHERIT, description = "Say more, stack traces too.")
    boolean verbose;

    @Option(names = "--no-progress", scope = ScopeType.INHERIT, description = "No progress.")
    boolean noProgress;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "What a command does, with examples.")
    boolean help;
}
