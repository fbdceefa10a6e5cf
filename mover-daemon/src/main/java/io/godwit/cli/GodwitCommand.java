package io.godwit.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `godwit`: the root of the command line. Alone it does nothing, and says what it could do.
@Command(
        name = "godwit",
        version = "godwit 0.1.0",
        description = "Moves block volumes to a repository and back: backup and restore.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  export GODWIT_REPO=/srv/backup GODWIT_PASSWORD=...",
            "  godwit init",
            "  godwit backup db /dev/vg0/db-snap",
            "  godwit restore latest:db /dev/vg0/db",
            "",
            "godwit COMMAND --help tells more, with examples."
        })
final class GodwitCommand implements Runnable {
    final Outside outside;

    @Spec CommandSpec spec;
    @Mixin GlobalOptions options;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Which Godwit this is.")
    boolean version;

    GodwitCommand(Outside outside) {
        this.outside = outside;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command is given");
    }
}
