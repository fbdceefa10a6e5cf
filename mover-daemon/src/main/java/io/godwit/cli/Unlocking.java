package io.godwit.cli;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.seal.RecoverySheetFormat;
import io.godwit.seal.Unlock;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Finds what a repository is opened with. No secret is an argument, and none is in any message.
final class Unlocking {
    private static final int MAX_BYTES = 64 << 10;
    private static final String VARIABLE = "GODWIT_PASSWORD";
    private static final String WAYS =
            "use --key-file, --password-file, --password-command or GODWIT_PASSWORD";
    private static final String ALL_WAYS =
            "use --key-file, --password-file, --password-command, --sheet-file, --key-service";
    private static final String NEW_WAYS =
            "use --new-password-file, --new-password-command, --new-key-file, --new-sheet-file or"
                    + " --new-key-service";

    private static final String OTHER_WAYS =
            "use --to-key-file, --to-password-file, --to-password-command, --to-sheet-file or"
                    + " --to-key-service";

    private final Outside outside;
    private final GlobalOptions options;

    Unlocking(Outside outside, GlobalOptions options) {
        this.outside = outside;
        this.options = options;
    }

    /// For a repository that is there.
    Unlock existing() {
        return find(false);
    }

    /// For a new repository: what a person types, it is typed twice.
    Unlock fresh() {
        return find(true);
    }

    /// For another key of a repository that is there. What is made for it, is made before the
    /// repository hears of it.
    ///
    /// @param sheets writes the recovery sheet that `--new-sheet-file` names
    Optional<Unlock> another(NewKeyOptions given, Function<Path, Unlock> sheets) {
        onlyOne(
                NEW_WAYS,
                given.passwordFile,
                given.passwordCommand,
                given.keyFile,
                given.sheetFile,
                given.keyService);
        if (given.passwordFile != null) {
            return Optional.of(
                    password(fromFile(given.passwordFile), "file=" + given.passwordFile));
        }
        if (given.passwordCommand != null) {
            return Optional.of(
                    password(
                            fromCommand("--new-password-command", given.passwordCommand),
                            "from=--new-password-command"));
        }
        if (given.keyFile != null) {
            NewFiles.keyFile(given.keyFile, outside.random().get());
            return Optional.of(new Unlock.KeyFile(given.keyFile));
        }
        if (given.sheetFile != null) {
            return Optional.of(sheets.apply(given.sheetFile));
        }
        return Optional.ofNullable(given.keyService)
                .map(url -> service(url, options.keyServiceTokenFile));
    }

    /// The same, where somebody can be asked for a new password.
    Unlock anotherOrAsked(NewKeyOptions given, Function<Path, Unlock> sheets) {
        return another(given, sheets)
                .orElseGet(() -> asked("new password of the repository", true, NEW_WAYS));
    }

    /// For the other repository of a copy: no environment speaks for it, since that is about the
    /// first one.
    Unlock other(ToOptions given) {
        Path token = given.serviceTokenFile;
        Given named =
                new Given(
                        "--to-",
                        given.passwordFile,
                        given.passwordCommand,
                        given.keyFile,
                        given.sheetFile,
                        given.keyService,
                        token == null ? options.keyServiceTokenFile : token);
        return named(named, OTHER_WAYS)
                .orElseGet(() -> asked("password of the other repository", false, OTHER_WAYS));
    }

    /// What options name to open a repository that is there.
    ///
    /// @param prefix of the options
    private record Given(
            String prefix,
            @Nullable Path passwordFile,
            @Nullable String passwordCommand,
            @Nullable Path keyFile,
            @Nullable Path sheetFile,
            @Nullable String keyService,
            @Nullable Path serviceTokenFile) {}

    private Optional<Unlock> named(Given given, String ways) {
        onlyOne(
                ways,
                given.keyFile,
                given.passwordFile,
                given.passwordCommand,
                given.sheetFile,
                given.keyService);
        if (given.sheetFile != null) {
            return Optional.of(new Unlock.Recovery(RecoverySheetFormat.read(given.sheetFile)));
        }
        if (given.keyService != null) {
            return Optional.of(service(given.keyService, given.serviceTokenFile));
        }
        if (given.keyFile != null) {
            return Optional.of(new Unlock.KeyFile(given.keyFile));
        }
        if (given.passwordFile != null) {
            return Optional.of(
                    password(fromFile(given.passwordFile), "file=" + given.passwordFile));
        }
        String option = given.prefix + "password-command";
        return Optional.ofNullable(given.passwordCommand)
                .map(command -> password(fromCommand(option, command), "from=" + option));
    }

    private static void onlyOne(String ways, @Nullable Object... given) {
        if (Arrays.stream(given).filter(Objects::nonNull).count() > 1) {
            throw new GodwitException(FailureKind.INVALID, "more than one password or key is given")
                    .withHint(ways.replaceFirst("^use ", "give only one of "));
        }
    }

    private Unlock service(String url, @Nullable Path tokenFile) {
        return new Unlock.Service(KeyServices.open(url, outside, tokenFile));
    }

    private Unlock find(boolean twice) {
        Given given =
                new Given(
                        "--",
                        options.passwordFile,
                        options.passwordCommand,
                        options.keyFile,
                        options.sheetFile,
                        options.keyService,
                        options.keyServiceTokenFile);
        return named(given, ALL_WAYS).orElseGet(() -> fromEnvironment(twice));
    }

    private Unlock fromEnvironment(boolean twice) {
        String variable = outside.environment().get(VARIABLE);
        if (variable != null) {
            return password(variable.getBytes(StandardCharsets.UTF_8), "from=" + VARIABLE);
        }
        return asked("password of the repository", twice, WAYS);
    }

    /// Ends of lines at the end are an editor's, not the password's.
    private static Unlock password(byte[] bytes, String where) {
        int length = bytes.length;
        if (length > 0 && bytes[length - 1] == '\n') {
            length--;
            if (length > 0 && bytes[length - 1] == '\r') {
                length--;
            }
        }
        if (length == 0) {
            throw new GodwitException(FailureKind.INVALID, "password is empty: " + where)
                    .withHint(WAYS);
        }
        byte[] password = Arrays.copyOf(bytes, length);
        Arrays.fill(bytes, (byte) 0);
        return new Unlock.Password(password);
    }

    private static byte[] fromFile(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return bounded(in, "file=" + file);
        } catch (NoSuchFileException e) {
            throw fileFailure(FailureKind.NOT_FOUND, "no such password file", file, e);
        } catch (AccessDeniedException e) {
            throw fileFailure(FailureKind.DENIED, "password file may not be read", file, e);
        } catch (IOException e) {
            throw fileFailure(FailureKind.INVALID, "password file cannot be read", file, e);
        }
    }

    private static byte[] bounded(InputStream in, String where) throws IOException {
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw new GodwitException(FailureKind.INVALID, "password is too long: " + where)
                    .withHint("a password has at most 64 KiB");
        }
        return bytes;
    }

    private static GodwitException fileFailure(
            FailureKind kind, String what, Path file, IOException cause) {
        return new GodwitException(kind, what + ": file=" + file, cause)
                .withObject(file.toString());
    }

    /// The command gets neither our standard input, which may be a volume, nor our standard output.
    private static byte[] fromCommand(String option, String command) {
        ProcessBuilder shell =
                new ProcessBuilder("/bin/sh", "-c", command)
                        .redirectInput(Redirect.from(new File("/dev/null")))
                        .redirectError(Redirect.INHERIT);
        try {
            Process process = shell.start();
            byte[] output;
            try (InputStream in = process.getInputStream()) {
                output = bounded(in, "from=" + option);
            }
            int exit = process.waitFor();
            if (exit != 0) {
                Arrays.fill(output, (byte) 0);
                throw new GodwitException(
                                FailureKind.DENIED, "password command failed: exit=" + exit)
                        .withHint("run it by hand; it must print the password and exit with 0");
            }
            return output;
        } catch (IOException e) {
            throw new GodwitException(
                    FailureKind.INVALID, "password command cannot be run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GodwitException(FailureKind.INTERRUPTED, "interrupted", e);
        }
    }

    private Unlock asked(String question, boolean twice, String ways) {
        Optional<byte[]> typed = outside.secrets().ask(question);
        if (typed.isEmpty()) {
            throw new GodwitException(FailureKind.INVALID, "no password or key is given")
                    .withHint(ways);
        }
        if (twice) {
            byte[] again = outside.secrets().ask("the same again").orElseGet(() -> new byte[0]);
            if (!Arrays.equals(typed.get(), again)) {
                throw new GodwitException(FailureKind.INVALID, "the two passwords differ");
            }
        }
        return password(typed.get(), "from=terminal");
    }
}
