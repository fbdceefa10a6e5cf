package io.godwit.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// A command: runs its work in the calling thread and turns whatever comes of it into words and an
/// exit code.
abstract class Task implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Override
    public final Integer call() {
        Output output = new Output(outside(), options(), dataOnOutput());
        try (Interruption interruption = interruption(output)) {
            try {
                Result result = perform(output);
                output.result(result);
                return result.exitCode();
            } catch (Exception | OutOfMemoryError | StackOverflowError | LinkageError thrown) {
                Failure failure = Failure.of(thrown, interruption.exitCode());
                output.failure(failure);
                return failure.exitCode();
            }
        }
    }

    private Interruption interruption(Output output) {
        return outside().signals() && tidiesUp()
                ? Interruption.ofThisThread(outside(), output)
                : Interruption.none();
    }

    /// Does the work.
    abstract Result perform(Output output) throws Exception;

    /// Whether standard output carries a volume.
    boolean dataOnOutput() {
        return false;
    }

    /// Whether something has to be put in order when somebody asks to stop.
    boolean tidiesUp() {
        return false;
    }

    Outside outside() {
        return root().outside;
    }

    GlobalOptions options() {
        return root().options;
    }

    private GodwitCommand root() {
        return (GodwitCommand) spec.root().userObject();
    }
}
