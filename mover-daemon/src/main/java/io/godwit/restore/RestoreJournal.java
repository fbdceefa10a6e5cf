package io.godwit.restore;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.Checksum;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;

/// Which regions of a restore are written, so that an interrupted one can be resumed.
///
/// One small text file per target below the state directory: a line that says what is restored to
/// what, one with the boot of the machine and the target's birth, then a region number a line, each
/// written after the region was. A restore of something else to the same target replaces it. A
/// write that the system has accepted survives the process but not the machine, so regions count
/// only on the same boot. Any thread may note regions.
final class RestoreJournal {
    private static final int HEAD_LINES = 2;

    private final Path file;
    private final List<String> head;

    /// @param target where it is restored to, without symbolic links
    /// @param restore what is restored, with everything that makes it another restore
    /// @param bootId of the running machine
    RestoreJournal(Path directory, Path target, String restore, String bootId) {
        String what = "%s inode=%s target=%s".formatted(restore, inode(target), target);
        String when = "boot=%s born=%s".formatted(bootId, born(target));
        this.head = List.of(what.replace('\n', ' '), when.replace('\n', ' '));
        byte[] name = target.toString().getBytes(StandardCharsets.UTF_8);
        long digest = Checksum.xxh3(MemorySegment.ofArray(name), 0, name.length);
        this.file = directory.resolve("restore-" + HexFormat.of().toHexDigits(digest));
    }

    /// What tells a file from another one under the same name.
    private static String inode(Path target) {
        try {
            return String.valueOf(Files.getAttribute(target, "unix:ino"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return "none";
        }
    }

    /// Inodes are used again at once, so that a file which was removed and made anew is told by its
    /// birth. Where the file system does not keep that, this is the last change: no region counts
    /// then, and all are restored again.
    private static String born(Path target) {
        try {
            return Files.isRegularFile(target)
                    ? String.valueOf(Files.getAttribute(target, "creationTime"))
                    : "none";
        } catch (IOException | UnsupportedOperationException e) {
            return "none";
        }
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }

    /// Whether an earlier run has begun this very restore and not ended it: the target's content is
    /// its.
    boolean isBegun() {
        List<String> lines = lines();
        return !lines.isEmpty() && lines.getFirst().equals(head.getFirst());
    }

    /// The regions that an earlier run had finished; none when there was none, or the machine was
    /// restarted.
    BitSet finished() {
        BitSet regions = new BitSet();
        List<String> lines = lines();
        if (lines.size() < HEAD_LINES || !lines.subList(0, HEAD_LINES).equals(head)) {
            return regions;
        }
        for (String line : lines.subList(HEAD_LINES, lines.size())) {
            if (line.matches("[0-9]{1,9}\\.")) {
                regions.set(Integer.parseInt(line, 0, line.length() - 1, 10));
            }
        }
        return regions;
    }

    /// Starts anew, with these regions finished already. Whatever a torn last line held is gone
    /// then.
    void begin(BitSet finished) {
        StringBuilder lines = new StringBuilder();
        head.forEach(line -> lines.append(line).append('\n'));
        finished.stream().forEach(region -> lines.append(region).append(".\n"));
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, lines);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /// The region is written to the target.
    synchronized void note(long region) {
        try {
            Files.writeString(file, region + ".\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /// The restore is complete.
    void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private GodwitException unwritable(IOException e) {
        boolean full = String.valueOf(e.getMessage()).contains("No space left");
        return new GodwitException(
                        FailureKind.UNAVAILABLE,
                        "%scannot keep the restore's journal: path=%s reason=%s"
                                .formatted(full ? "disk full: " : "", file, e.getMessage()),
                        e)
                .withHint("free some space, or point --state-dir elsewhere");
    }
}
