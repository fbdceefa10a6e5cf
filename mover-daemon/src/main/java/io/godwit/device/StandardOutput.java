package io.godwit.device;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Takes standard output for data alone.
final class StandardOutput {
    private static final int OUTPUT = 1;
    private static final int ERROR = 2;

    private StandardOutput() {}

    /// Returns a descriptor of its own for standard output; whatever anybody prints there from now
    /// on goes to standard error, so that a stray line cannot land in the middle of a volume.
    static int claim() {
        if (isTerminal()) {
            throw new GodwitException(FailureKind.INVALID, "standard output is a terminal: path=-")
                    .withObject("-")
                    .withHint("redirect it to a file or pipe it to a program");
        }
        int claimed = NativeFiles.duplicate(OUTPUT);
        if (claimed < 0) {
            throw Errno.failure(claimed, "use standard output", "-");
        }
        int replaced = NativeFiles.duplicateOver(ERROR, OUTPUT);
        if (replaced < 0) {
            NativeFiles.close(claimed);
            throw Errno.failure(replaced, "use standard output", "-");
        }
        return claimed;
    }

    private static boolean isTerminal() {
        try {
            String file = Files.readSymbolicLink(Path.of("/proc/self/fd/" + OUTPUT)).toString();
            return file.startsWith("/dev/pts/") || file.startsWith("/dev/tty");
        } catch (IOException unknown) {
            return false;
        }
    }
}
