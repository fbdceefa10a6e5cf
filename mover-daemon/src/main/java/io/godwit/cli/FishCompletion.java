package io.godwit.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Completions for fish, which wants one line for each word.
final class FishCompletion {
    private final StringBuilder script = new StringBuilder();

    static String of(CommandLine root) {
        FishCompletion completion = new FishCompletion();
        completion.options(root.getCommandSpec(), "");
        root.getSubcommands()
                .forEach(
                        (name, command) -> {
                            completion.line(
                                    "-n __fish_use_subcommand -f -a "
                                            + name
                                            + describe(
                                                    String.join(
                                                            " ",
                                                            command.getCommandSpec()
                                                                    .usageMessage()
                                                                    .description())));
                            completion.options(
                                    command.getCommandSpec(),
                                    "-n '__fish_seen_subcommand_from " + name + "' ");
                            command.getSubcommands()
                                    .forEach((below, its) -> completion.below(name, below, its));
                        });
        return completion.script.toString();
    }

    private void below(String parent, String name, CommandLine command) {
        String seen = "__fish_seen_subcommand_from " + parent;
        String about = String.join(" ", command.getCommandSpec().usageMessage().description());
        line("-n '" + seen + "' -f -a " + name + describe(about));
        options(
                command.getCommandSpec(),
                "-n '" + seen + "; and __fish_seen_subcommand_from " + name + "' ");
    }

    private void options(CommandSpec command, String condition) {
        for (OptionSpec option : command.options()) {
            if (option.inherited()) {
                continue;
            }
            String spelled = option.names().length == 1 ? alone(option) : shortAndLong(option);
            boolean value = option.arity().max() > 0;
            line(
                    condition
                            + spelled
                            + (value ? " -r" : " -f")
                            + describe(String.join(" ", option.description())));
        }
    }

    private static String alone(OptionSpec option) {
        String name = option.longestName();
        return name.startsWith("--") ? "-l " + name.substring(2) : "-s " + name.substring(1);
    }

    private static String shortAndLong(OptionSpec option) {
        return "-s "
                + option.shortestName().replaceFirst("^-+", "")
                + " -l "
                + option.longestName().replaceFirst("^-+", "");
    }

    private void line(String rest) {
        script.append("complete -c godwit ").append(rest).append('\n');
    }

    private static String describe(String text) {
        return " -d '" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
