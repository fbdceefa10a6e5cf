package io.godwit.cli;

import java.util.List;
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
        footer = {"  godwit help backup", "  godwit help key add"})
final class HelpCommand implements Runnable {
    @Spec CommandSpec spec;

    @Parameters(paramLabel = "COMMAND", arity = "0..2", description = "Which command.")
    @Nullable List<String> words;

    @Override
    public void run() {
        CommandLine root = spec.commandLine().getParent();
        CommandLine wanted = root;
        String path = "";
        for (String word : words == null ? List.<String>of() : words) {
            path = (path + " " + word).strip();
            CommandLine below = wanted.getSubcommands().get(word);
            if (below == null) {
                throw unknown(path);
            }
            wanted = below;
        }
        wanted.usage(root.getOut());
    }

    private ParameterException unknown(String name) {
        return new ParameterException(spec.commandLine(), Answers.unknownCommand(name));
    }
}
