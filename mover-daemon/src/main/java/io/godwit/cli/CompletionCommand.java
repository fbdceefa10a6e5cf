package io.godwit.cli;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.util.Arrays;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `godwit completion`.
@Command(
        name = "completion",
        description = "Prints a script that completes commands and options in a shell.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  source <(godwit completion bash)",
            "  source <(godwit completion zsh)",
            "  godwit completion fish > ~/.config/fish/completions/godwit.fish"
        })
final class CompletionCommand implements Runnable {
    @Spec CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
    String shell = "";

    @Override
    public void run() {
        GodwitCommand root = (GodwitCommand) spec.root().userObject();
        CommandLine all = CommandLines.commandLine(root.outside, Arrays.asList(Commands.values()));
        String script =
                switch (shell) {
                    case "bash", "zsh" -> AutoComplete.bash("godwit", all);
                    case "fish" -> FishCompletion.of(all);
                    default ->
                            throw new GodwitException(
                                            FailureKind.INVALID, "unknown shell: " + shell)
                                    .withHint("use bash, zsh or fish");
                };
        spec.root().commandLine().getOut().print(script);
        spec.root().commandLine().getOut().flush();
    }
}
