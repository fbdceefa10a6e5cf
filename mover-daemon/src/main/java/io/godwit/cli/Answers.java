package io.godwit.cli;

import io.godwit.error.Nearest;
import java.util.Map;
import java.util.Optional;

/// What to say to somebody who comes from another tool: their word, ours.
final class Answers {
    private static final Map<String, String> OURS =
            Map.ofEntries(
                    Map.entry("check", "verify"),
                    Map.entry("fsck", "verify"),
                    Map.entry("prune", "gc"),
                    Map.entry("delete", "forget ID"),
                    Map.entry("remove", "forget ID"),
                    Map.entry("rm", "forget ID"),
                    Map.entry("expire", "forget ID"),
                    Map.entry("list", "snapshots"),
                    Map.entry("ls", "snapshots"),
                    Map.entry("dump", "restore SNAPSHOT -"),
                    Map.entry("cat", "restore SNAPSHOT -"),
                    Map.entry("export", "restore SNAPSHOT -"),
                    Map.entry("mount", "restore SNAPSHOT FILE"),
                    Map.entry("extract", "restore SNAPSHOT TARGET"),
                    Map.entry("recover", "restore SNAPSHOT TARGET"),
                    Map.entry("create", "init"),
                    Map.entry("repository", "init"),
                    Map.entry("save", "backup VOLUME SOURCE"),
                    Map.entry("snapshot", "backup VOLUME SOURCE"),
                    Map.entry("info", "show SNAPSHOT"),
                    Map.entry("passwd", "key rotate"),
                    Map.entry("rekey", "key rotate"),
                    Map.entry("du", "stats"),
                    Map.entry("size", "stats"),
                    Map.entry("sync", "copy --to URL"),
                    Map.entry("mirror", "copy --to URL"),
                    Map.entry("clone", "copy --to URL"),
                    Map.entry("version", "--version"));

    private Answers() {}

    /// Every word that is answered, with what it is answered with.
    static Map<String, String> all() {
        return OURS;
    }

    /// What is wrong with this as a command, and what would be right.
    static String unknownCommand(String typed) {
        Optional<String> known =
                Optional.ofNullable(OURS.get(typed))
                        .filter(ours -> ours.startsWith("-") || isCommand(ours));
        Optional<String> meant = known.or(() -> Nearest.to(typed, Commands.names()));
        return "unknown command: "
                + typed
                + meant.map(word -> "; did you mean: godwit " + word).orElse("; see godwit --help");
    }

    private static boolean isCommand(String line) {
        return Commands.named(line.split(" ", 2)[0]).isPresent();
    }
}
