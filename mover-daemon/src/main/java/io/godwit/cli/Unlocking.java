package io.godwit.cli;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
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
import java.util.stream.Stream;

/// Finds what a repository is opened with. No secret is an argument, and none is in any message.
final class Unlocking {
    private static final int MAX_BYTES = 64 << 10;
    private static final String VARIABLE = "GODWIT_PASSWORD";
    private static final String WAYS =
            "use --key-file, --password-file, --password-command or GODWIT_PASSWORD";

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

    private Unlock find(boolean twice) {
        long given =
                Stream.of(options.keyFile, options.passwordFile, options.passwordCommand)
                        .filter(Objects::nonNull)
                        .count();
        if (given > 1) {
            throw new GodwitException(FailureKind.INVALID, "more than one password or key is given")
                    .withHint("leave one of --key-file, --password-file, --password-command");
        }
        if (options.keyFile != null) {
            return new Unlock.KeyFile(options.keyFile);
        }
        if (options.passwordFile != null) {
            return password(fromFile(options.passwordFile), "file=" + options.passwordFile);
        }
        if (options.passwordCommand != null) {
            return password(fromCommand(options.passwordCommand), "from=--password-command");
        }
        String variable = outside.environment().get(VARIABLE);
        if (variable != null) {
            return password(variable.getBytes(StandardCharsets.UTF_8), "from=" + VARIABLE);
        }
        return asked(twice);
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
    private static byte[] fromCommand(String command) {
        ProcessBuilder shell =
                new ProcessBuilder("/bin/sh", "-c", command)
                        .redirectInput(Redirect.from(new File("/dev/null")))
                        .redirectError(Redirect.INHERIT);
        try {
            Process process = shell.start();
            byte[] output;
            try (InputStream in = process.getInputStream()) {
                output = bounded(in, "from=--password-command");
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

    private Unlock asked(boolean twice) {
        Optional<byte[]> typed = outside.secrets().ask("password of the repository");
        if (typed.isEmpty()) {
            throw new GodwitException(FailureKind.INVALID, "no password or key is given")
                    .withHint(WAYS);
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
