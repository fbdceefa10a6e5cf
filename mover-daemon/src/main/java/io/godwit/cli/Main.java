package io.godwit.cli;

import io.godwit.digest.LeafHashers;
import io.godwit.error.SuppressForbidden;
import java.util.Arrays;
import java.util.Locale;

/// Where the process starts and ends. The only place that calls [System#exit].
@SuppressForbidden("the process is ours here: its streams, its exit code")
public final class Main {
    /// Who says what changed has little to hash.
    private static final String CHANGED_EXTENTS = "--changed-extents";

    private Main() {}

    public static void main(String[] args) {
        Locale.setDefault(Locale.ROOT);
        if (!Arrays.asList(args).contains(CHANGED_EXTENTS)) {
            exerciseKernel();
        }
        StandardError.takeBack();
        System.exit(run(Outside.process(), args));
    }

    /// The launcher offers vectors to commands that hash. The compiler needs about as long for the
    /// kernel as it takes to open a repository: so these are done at once where there are
    /// processors for both.
    private static void exerciseKernel() {
        if (Runtime.getRuntime().availableProcessors() > 1) {
            Thread.ofPlatform()
                    .daemon()
                    .name("exercise")
                    .start(() -> LeafHashers.exercise(System::nanoTime));
        }
    }

    /// One command, in this process, to its exit code.
    static int run(Outside outside, String... args) {
        return new CommandLines(outside).execute(args);
    }
}
