package io.godwit.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `godwit key`: what opens the repository. Alone it does nothing.
@Command(
        name = "key",
        description = {
            "Lists and changes what opens the repository.",
            "Of two who change keys at once one is told so (6) and changed nothing."
        },
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        subcommands = {
            KeyListCommand.class,
            KeyAddCommand.class,
            KeyRemoveCommand.class,
            KeyRotateCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit key list",
            "  godwit key add --new-password-file pw2",
            "  godwit key remove 4f1c",
            "  godwit key rotate",
            "",
            "godwit key COMMAND --help tells more, with examples."
        })
final class KeyCommand implements Runnable {
    @Spec CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "what about the keys? list, add, remove or rotate");
    }
}
