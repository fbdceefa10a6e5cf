package io.godwit.restore;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.Checksum;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;

/// Which regions of a restore are written, so that an interrupted one can be resumed.
///
/// One small text file per snapshot and target below the state directory: a first line that names both and the boot
/// of the machine, then a region number a line, each written after the region was. A write that the system
/// has accepted survives the process but not the machine, so lines count only on the same boot. Any thread
/// may note regions.
final class RestoreJournal {
    private final Path file;
    private final String head;

    /// @param restore what is restored to where, with everything that makes it another restore
    /// @param bootId of the running machine
    RestoreJournal(Path directory, String restore, String bootId) {
        this.head = restore.replace('\n', ' ') + " boot=" + bootId;
        byte[] name = restore.getBytes(StandardCharsets.UTF_8);
        long digest = Checksum.xxh3(MemorySegment.ofArray(name), 0, name.length);
        this.file = directory.resolve("restore-" + HexFormat.of().toHexDigits(digest));
    }

    /// The regions that an earlier run had finished; none when there was none, or the machine was restarted.
    BitSet finished() {
        BitSet regions = new BitSet();
        try {
            List<String> lines = Files.readAllLines(file);
            if (lines.isEmpty() || !lines.getFirst().equals(head)) {
                return regions;
            }
            for (String line : lines.subList(1, lines.size())) {
                if (line.endsWith(".") && line.length() > 1) {
                    regions.set(Integer.parseInt(line, 0, line.length() - 1, 10));
                }
            }
            return regions;
        } catch (NoSuchFileException e) {
            return regions;
        } catch (IOException | NumberFormatException e) {
            return new BitSet();
        }
    }

    /// Starts anew, or goes on with what [#finished] told.
    void begin(boolean resume) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            if (!resume || finished().isEmpty()) {
                Files.writeString(file, head + "\n");
            }
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
        return new GodwitException(
                        FailureKind.UNAVAILABLE,
                        "cannot keep the restore's journal: path=%s reason=%s"
                                .formatted(file, e.getMessage()),
                        e)
                .withHint("free some space, or point --state-dir elsewhere");
    }
}
