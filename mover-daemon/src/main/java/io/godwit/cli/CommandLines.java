package io.godwit.cli;

import io.godwit.error.FailureKind;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.UsageMessageSpec;

/// Parses a call and runs it.
///
/// Only commands whose names stand among the arguments are made, as looking at a command's options
/// is most of what a start costs. A name may stand there as an option's value: then one more is
/// made than needed.
final class CommandLines {
    private static final int WIDTH = 100;
    private static final int INTERRUPTED = FailureKind.INTERRUPTED.exitCode();

    private final Outside outside;

    CommandLines(Outside outside) {
        this.outside = outside;
    }

    int execute(String... arguments) {
        StandardStream out = new StandardStream(outside.out(), "standard output");
        CommandLine line = commandLine(arguments);
        line.setOut(new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), true));
        line.setParameterExceptionHandler(
                (failure, given) ->
                        tell(new Misuse(List.of(given)).explain(failure), List.of(given)));
        line.setExecutionExceptionHandler(
                (failure, _, _) -> tell(Failure.of(failure, INTERRUPTED), List.of(arguments)));
        try {
            return line.execute(arguments);
        } catch (RuntimeException failure) { // Help that could not be printed.
            return tell(Failure.of(failure, INTERRUPTED), List.of(arguments));
        }
    }

    private CommandLine commandLine(String... arguments) {
        List<Commands> wanted =
                Arrays.stream(arguments).flatMap(a -> Commands.named(a).stream()).toList();
        boolean all = wanted.isEmpty() || wanted.contains(Commands.HELP);
        return commandLine(outside, all ? Arrays.asList(Commands.values()) : wanted);
    }

    /// The command line with these commands.
    static CommandLine commandLine(Outside outside, List<Commands> commands) {
        CommandLine line = new CommandLine(new GodwitCommand(outside));
        commands.stream()
                .distinct()
                .forEach(command -> line.addSubcommand(command.text(), command.newCommand()));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
        line.setUsageHelpWidth(WIDTH);
        line.setUsageHelpLongOptionsMaxWidth(30);
        line.setAbbreviatedOptionsAllowed(false);
        line.setAbbreviatedSubcommandsAllowed(false);
        line.setAllowSubcommandsAsOptionParameters(true); // A key file may be called `key`.
        line.getSubcommands().values().forEach(CommandLines::describe);
        line.getCommandSpec().usageMessage().sortOptions(false);
        return line;
    }

    /// Global options stand in the help of `godwit` alone.
    private static void describe(CommandLine command) {
        command.getSubcommands().values().forEach(CommandLines::describe);
        UsageMessageSpec usage = command.getCommandSpec().usageMessage();
        usage.abbreviateSynopsis(true).sortOptions(false);
        usage.sectionMap()
                .put(
                        UsageMessageSpec.SECTION_KEY_OPTION_LIST,
                        help ->
                                help.optionListExcludingGroups(
                                        help.commandSpec().options().stream()
                                                .filter(option -> !option.inherited())
                                                .toList()));
        usage.sectionMap()
                .put(
                        UsageMessageSpec.SECTION_KEY_END_OF_OPTIONS,
                        help -> "%nOptions of every command: godwit --help%n".formatted());
        List<String> keys =
                List.of(
                        UsageMessageSpec.SECTION_KEY_SYNOPSIS_HEADING,
                        UsageMessageSpec.SECTION_KEY_SYNOPSIS,
                        UsageMessageSpec.SECTION_KEY_DESCRIPTION_HEADING,
                        UsageMessageSpec.SECTION_KEY_DESCRIPTION,
                        UsageMessageSpec.SECTION_KEY_PARAMETER_LIST_HEADING,
                        UsageMessageSpec.SECTION_KEY_PARAMETER_LIST,
                        UsageMessageSpec.SECTION_KEY_OPTION_LIST_HEADING,
                        UsageMessageSpec.SECTION_KEY_OPTION_LIST,
                        UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING,
                        UsageMessageSpec.SECTION_KEY_COMMAND_LIST,
                        UsageMessageSpec.SECTION_KEY_FOOTER_HEADING,
                        UsageMessageSpec.SECTION_KEY_FOOTER,
                        UsageMessageSpec.SECTION_KEY_END_OF_OPTIONS);
        usage.sectionKeys(keys);
    }

    private int tell(Failure failure, List<String> given) {
        GlobalOptions options = new GlobalOptions();
        options.json = given.contains("--json");
        new Output(outside, options, false).failure(failure);
        return failure.exitCode();
    }
}
