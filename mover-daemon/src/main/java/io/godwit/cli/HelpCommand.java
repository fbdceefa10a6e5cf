package io.godwit.cli;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `godwit help COMMAND`.
@Command(
        name = "help",
        description = "What a command does, with examples.",
        footerHeading = "%nExamples:%n",
        footer = "  godwit help backup")
final class HelpCommand implements Runnable {
    @Spec CommandSpec spec;

    @Parameters(paramLabel = "COMMAND", arity = "0..1", description = "Which command.")
    @Nullable String command;

    @Override
    public void run() {
        CommandLine root = spec.commandLine().getParent();
        Map<String, CommandLine> commands = root.getSubcommands();
        CommandLine wanted =
                Optional.ofNullable(command)
                        .map(
                                name ->
                                        Optional.ofNullable(commands.get(name))
                                                .orElseThrow(() -> unknown(name)))
                        .orElse(root);
        wanted.usage(root.getOut());
    }

    private ParameterException unknown(String name) {
        return new ParameterException(spec.commandLine(), Answers.unknownCommand(name));
    }
}
