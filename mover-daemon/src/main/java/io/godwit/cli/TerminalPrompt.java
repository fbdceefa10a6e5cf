package io.godwit.cli;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.error.SuppressForbidden;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/// Asks on the controlling terminal, whatever the standard streams are, and shows nothing of what
/// is typed.
final class TerminalPrompt implements SecretPrompt {
    private static final Path TERMINAL = Path.of("/dev/tty");

    /// No terminal takes a longer line.
    private static final int MAX_BYTES = 4096;

    @Override
    public Optional<byte[]> ask(String question) {
        boolean watched = Outside.isTerminal(0) || Outside.isTerminal(2);
        if (!watched || !Files.isReadable(TERMINAL)) {
            return Optional.empty();
        }
        try (OutputStream out = Files.newOutputStream(TERMINAL);
                InputStream in = Files.newInputStream(TERMINAL)) {
            return Optional.of(withoutEcho(question, in, out));
        } catch (IOException noTerminal) {
            return Optional.empty();
        }
    }

    /// Who sees the question may answer at once.
    private static byte[] withoutEcho(String question, InputStream in, OutputStream out)
            throws IOException {
        Thread restore = restorer();
        Runtime.getRuntime().addShutdownHook(restore);
        try {
            echo(false);
            out.write((question + ": ").getBytes(StandardCharsets.UTF_8));
            out.flush();
            return line(in);
        } finally {
            echo(true);
            Runtime.getRuntime().removeShutdownHook(restore);
            out.write('\n');
        }
    }

    /// Somebody may give up at the prompt; the terminal must show again what is typed then.
    @SuppressForbidden("a shutdown hook is a thread that never runs in time")
    private static Thread restorer() {
        return new Thread(() -> echo(true), "terminal");
    }

    private static void echo(boolean on) {
        try {
            new ProcessBuilder("stty", on ? "echo" : "-echo")
                    .redirectInput(new File(TERMINAL.toString()))
                    .redirectErrorStream(true)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new GodwitException(FailureKind.INVALID, "cannot silence the terminal", e)
                    .withHint("use --password-file or --password-command");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] line(InputStream in) throws IOException {
        byte[] typed = new byte[MAX_BYTES];
        try {
            int length = 0;
            for (int b = in.read(); b >= 0 && b != '\n' && length < MAX_BYTES; b = in.read()) {
                typed[length++] = (byte) b;
            }
            return Arrays.copyOf(typed, length);
        } finally {
            Arrays.fill(typed, (byte) 0);
        }
    }
}
