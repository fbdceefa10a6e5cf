package io.godwit.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Which commands there are, in the order of `--help`. A command that does not work does not stand
/// here.
///
/// The launcher has its own list of those that hash; a test compares them.
enum Commands {
    INIT,
    BACKUP,
    RESTORE,
    SNAPSHOTS,
    VOLUMES,
    SHOW,
    DIFF,
    VERIFY,
    SCRUB,
    REPAIR,
    STATS,
    FORGET,
    UNDELETE,
    GC,
    INDEX,
    COPY,
    KEY,
    DEMO,
    DOCTOR,
    SIMULATE,
    COMPLETION,
    HELP;

    /// As it is typed.
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Whether it hashes volumes, and so wants the Vector API.
    boolean isHashing() {
        return switch (this) {
            case BACKUP, RESTORE, VERIFY, REPAIR, COPY, DEMO, DOCTOR -> true;
            case INIT,
                    SNAPSHOTS,
                    VOLUMES,
                    SHOW,
                    DIFF,
                    SCRUB,
                    STATS,
                    FORGET,
                    UNDELETE,
                    GC,
                    INDEX,
                    KEY,
                    SIMULATE,
                    COMPLETION,
                    HELP ->
                    false;
        };
    }

    Object newCommand() {
        return switch (this) {
            case INIT -> new InitCommand();
            case BACKUP -> new BackupCommand();
            case RESTORE -> new RestoreCommand();
            case SNAPSHOTS -> new SnapshotsCommand();
            case VOLUMES -> new VolumesCommand();
            case SHOW -> new ShowCommand();
            case DIFF -> new DiffCommand();
            case VERIFY -> new VerifyCommand();
            case SCRUB -> new ScrubCommand();
            case REPAIR -> new RepairCommand();
            case STATS -> new StatsCommand();
            case FORGET -> new ForgetCommand();
            case UNDELETE -> new UndeleteCommand();
            case GC -> new GcCommand();
            case INDEX -> new IndexCommand();
            case COPY -> new CopyCommand();
            case KEY -> new KeyCommand();
            case DEMO -> new DemoCommand();
            case DOCTOR -> new DoctorCommand();
            case SIMULATE -> new SimulateCommand();
            case COMPLETION -> new CompletionCommand();
            case HELP -> new HelpCommand();
        };
    }

    static Optional<Commands> named(String text) {
        return Arrays.stream(values()).filter(command -> command.text().equals(text)).findFirst();
    }

    static List<String> names() {
        return Arrays.stream(values()).map(Commands::text).toList();
    }
}
