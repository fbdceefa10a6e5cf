package io.godwit.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `godwit`: the root of the command line. Alone it does nothing, and says what it could do.
@Command(
        name = "godwit",
        mixinStandardHelpOptions = true,
        version = "godwit 0.1.0",
        description = "Moves block volumes: backup, restore and replication.",
        synopsisSubcommandLabel = "COMMAND")
final class GodwitCommand implements Runnable {
    @Spec CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command? see godwit --help");
    }
}
