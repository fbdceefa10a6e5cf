package io.godwit.cli;

import io.godwit.error.FailureKind;
import io.godwit.error.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Tells what is wrong with a call, and what would be right.
///
/// @param given the arguments of the call
record Misuse(List<String> given) {
    private static final String PLAIN = "[A-Za-z0-9_./:@%+=,-]+";

    Failure explain(ParameterException failure) {
        CommandLine command = failure.getCommandLine();
        String help = "see " + command.getCommandSpec().qualifiedName() + " --help";
        return switch (failure) {
            case UnmatchedArgumentException unmatched -> unmatched(unmatched, help);
            case MissingParameterException missing -> missing(missing, help);
            default -> failure(lowerCase(String.valueOf(failure.getMessage())), help);
        };
    }

    /// @param words what is wrong, and behind a semicolon what is right where that is known
    private static Failure failure(String words, String help) {
        int end = words.indexOf("; ");
        boolean corrected = end >= 0 && words.contains("godwit ");
        String message = corrected ? words.substring(0, end) : words;
        String hint = corrected ? words.substring(end + 2) : help;
        return new Failure(
                FailureKind.INVALID,
                FailureKind.INVALID.exitCode(),
                message,
                Optional.empty(),
                OptionalLong.empty(),
                Optional.of(hint),
                "");
    }

    private static Failure unmatched(UnmatchedArgumentException unmatched, String help) {
        CommandLine command = unmatched.getCommandLine();
        String word = unmatched.getUnmatched().getFirst();
        if (unmatched.isUnknownOption()) {
            String option = word.split("=", 2)[0];
            Optional<String> meant =
                    Nearest.to(
                            option,
                            command.getCommandSpec().options().stream()
                                    .flatMap(known -> Stream.of(known.names()))
                                    .filter(name -> name.startsWith("--"))
                                    .toList());
            return failure(
                    "unknown option: " + option,
                    meant.map(name -> "did you mean: " + name).orElse(help));
        }
        if (command.getParent() == null) {
            return failure(Answers.unknownCommand(word), help);
        }
        if (!command.getSubcommands().isEmpty()) {
            String name = command.getCommandName();
            Optional<String> meant =
                    Nearest.to(word, List.copyOf(command.getSubcommands().keySet()));
            return failure(
                    "unknown command: " + name + " " + word,
                    meant.map(ours -> "did you mean: godwit " + name + " " + ours).orElse(help));
        }
        return failure("too many arguments: " + word, help);
    }

    private Failure missing(MissingParameterException missing, String help) {
        CommandLine command = missing.getCommandLine();
        List<String> names =
                command.getCommandSpec().positionalParameters().stream()
                        .filter(wanted -> wanted.required() && !isGiven(command, wanted))
                        .map(ArgSpec::paramLabel)
                        .toList();
        boolean namedSource =
                command.getCommandName().equals(Commands.BACKUP.text())
                        && names.equals(List.of("SOURCE"));
        if (namedSource) {
            return failure(
                    "the volume has no name", "say what to call it: " + correctedBackup(command));
        }
        boolean option = missing.getMissing().getFirst() instanceof OptionSpec;
        if (option && command.getCommandName().equals(Commands.COPY.text()) && !given("--to")) {
            return failure(
                    "no other repository is given",
                    "say where to copy: godwit copy --to " + meantRepository(command));
        }
        return failure(
                (option ? "option needs a value: " : "missing: ")
                        + (option
                                ? lowerCase(String.valueOf(missing.getMessage()))
                                : String.join(" ", names)),
                help);
    }

    private boolean given(String option) {
        return given.stream()
                .anyMatch(word -> word.equals(option) || word.startsWith(option + "="));
    }

    /// Who names a place and no more may have meant it.
    private static String meantRepository(CommandLine command) {
        return command.getParseResult().matchedPositionals().stream()
                .map(ArgSpec::<Object>getValue)
                .flatMap(
                        value -> value instanceof List<?> words ? words.stream() : Stream.of(value))
                .map(String::valueOf)
                .filter(word -> word.contains("/"))
                .findFirst()
                .map(Misuse::quoted)
                .orElse("URL");
    }

    private static boolean isGiven(CommandLine command, PositionalParamSpec wanted) {
        return command.getParseResult().matchedPositionals().contains(wanted);
    }

    /// The same line, with a name for the volume in front of the source.
    private String correctedBackup(CommandLine command) {
        String source =
                String.valueOf(
                        command.getParseResult()
                                .matchedPositionals()
                                .getFirst()
                                .<Object>getValue());
        List<String> line = new ArrayList<>(given);
        line.add(line.lastIndexOf(source), nameFor(source));
        return line.stream().map(Misuse::quoted).collect(Collectors.joining(" ", "godwit ", ""));
    }

    private static String nameFor(String source) {
        String file = source.substring(source.lastIndexOf('/') + 1);
        String name = file.replaceFirst("\\.(img|raw|bin)$", "");
        return name.isEmpty() || name.equals("-") ? "NAME" : name;
    }

    private static String quoted(String word) {
        return word.matches(PLAIN) ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    private static String lowerCase(String sentence) {
        return sentence.substring(0, 1).toLowerCase(Locale.ROOT) + sentence.substring(1);
    }
}
