package io.godwit.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `godwit simulate`: histories that a seed decides. Alone it does nothing.
@Command(
        name = "simulate",
        description = "Runs Godwit's own code over a store that fails in every way it may.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        subcommands = SimulateRepositoryCommand.class,
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit simulate repository",
            "",
            "godwit simulate COMMAND --help tells more, with examples."
        })
final class SimulateCommand implements Runnable {
    @Spec CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "simulate what? repository");
    }
}
