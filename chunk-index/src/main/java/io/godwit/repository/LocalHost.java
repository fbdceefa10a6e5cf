package io.godwit.repository;

import io.godwit.commit.HostIdentity;
import io.godwit.commit.ProcessTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// This process and its host, as Linux tells them.
///
/// A pid means something only within its boot and its process namespace, and is used again: so the
/// boot id carries the namespace, and a process is known by its pid and the tick it started at.
public final class LocalHost {
    /// Field 22 of `stat`, counted behind the command's closing parenthesis, which is field 2.
    private static final int START_FIELD = 22 - 3;

    private final Path root;

    /// @param root `/`, but in tests
    LocalHost(Path root) {
        this.root = root;
    }

    public static LocalHost of() {
        return new LocalHost(Path.of("/"));
    }

    public HostIdentity identity() {
        long pid = ProcessHandle.current().pid();
        return new HostIdentity(hostId(), boot(), pid, startTicks(Long.toString(pid)).orElse(0L));
    }

    /// The machine's own id: the same for all processes and boots.
    public String hostId() {
        return text("etc/machine-id")
                .or(() -> text("var/lib/dbus/machine-id"))
                .or(() -> text("etc/hostname"))
                .orElse(HostIdentity.UNKNOWN);
    }

    private String boot() {
        String boot = text("proc/sys/kernel/random/boot_id").orElse(HostIdentity.UNKNOWN);
        return boot + "/" + namespace();
    }

    private String namespace() {
        try {
            return Files.readSymbolicLink(root.resolve("proc/self/ns/pid")).toString();
        } catch (IOException | UnsupportedOperationException | SecurityException e) {
            return HostIdentity.UNKNOWN;
        }
    }

    /// Says that a process is gone only when it certainly is.
    public ProcessTable processes() {
        return (pid, startTicks) -> {
            if (!Files.isDirectory(root.resolve("proc/self"))) {
                return true;
            }
            if (!Files.isDirectory(root.resolve("proc").resolve(Long.toString(pid)))) {
                return false;
            }
            Optional<Long> start = startTicks(Long.toString(pid));
            return start.isEmpty() || startTicks == 0 || start.get() == startTicks;
        };
    }

    private Optional<Long> startTicks(String pid) {
        Optional<String> stat = text("proc/" + pid + "/stat");
        try {
            // The command may hold spaces and parentheses; what follows the last one is numbers.
            return stat.map(line -> line.substring(line.lastIndexOf(')') + 2).split(" ", -1))
                    .filter(fields -> fields.length > START_FIELD)
                    .map(fields -> Long.parseLong(fields[START_FIELD]));
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private Optional<String> text(String path) {
        try {
            String text = Files.readString(root.resolve(path)).strip();
            return text.isEmpty() ? Optional.empty() : Optional.of(bounded(text));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static String bounded(String text) {
        return text.length() <= 200 || text.indexOf(')') >= 0 ? text : text.substring(0, 200);
    }
}
