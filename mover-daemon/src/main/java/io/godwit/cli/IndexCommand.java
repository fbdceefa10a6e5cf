package io.godwit.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `godwit index`: what this node knows of where chunks stand. Alone it does nothing.
@Command(
        name = "index",
        description = "Looks after this node's index of a repository's chunks.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        subcommands = IndexRebuildCommand.class,
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit index rebuild",
            "",
            "godwit index COMMAND --help tells more, with examples."
        })
final class IndexCommand implements Runnable {
    @Spec CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "what about the index? rebuild");
    }
}
