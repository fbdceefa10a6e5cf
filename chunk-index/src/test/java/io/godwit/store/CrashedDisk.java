package io.godwit.store;

import io.godwit.store.DiskTrace.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// What a disk may hold after the power went in the midst of a [DiskTrace].
///
/// What was synced is there. Of the rest each block of a file and each name may be there or not, a
/// file may be longer than what was written of it to the disk, and a name may be that of an earlier
/// or of the latest time: as POSIX allows it, whatever a file system does better.
public final class CrashedDisk {
    private static final int BLOCK = 4096;

    private final Map<Path, byte[]> files = new TreeMap<>();
    private final List<Path> directories = new ArrayList<>();

    private CrashedDisk() {}

    /// How much of what was not synced is there.
    private enum Luck {
        NOTHING,
        NAMES_WITHOUT_DATA,
        SOME,
        EVERYTHING
    }

    /// One of the possible states after the first steps.
    ///
    /// @param root the recorded directory, which was there before
    public static CrashedDisk after(
            DiskTrace trace, int steps, Path root, SplittableRandom random) {
        List<Step> done = trace.first(steps);
        Luck luck = Luck.values()[random.nextInt(Luck.values().length)];
        CrashedDisk disk = new CrashedDisk();
        disk.place(root, root, entries(done, luck, random), contents(done, luck, random));
        return disk;
    }

    private void place(
            Path root, Path at, Map<Path, Map<String, Long>> entries, Map<Long, byte[]> contents) {
        entries.getOrDefault(at, Map.of())
                .forEach(
                        (name, inode) -> {
                            Path path = at.resolve(name);
                            if (inode == DiskTrace.DIRECTORY) {
                                directories.add(root.relativize(path));
                                place(root, path, entries, contents);
                            } else if (inode != DiskTrace.GONE) {
                                files.put(
                                        root.relativize(path),
                                        contents.getOrDefault(inode, new byte[0]));
                            }
                        });
    }

    // ---- names

    private static Map<Path, Map<String, Long>> entries(
            List<Step> done, Luck luck, SplittableRandom random) {
        Map<Path, Integer> syncedBefore = new HashMap<>();
        Map<Path, Map<String, List<Integer>>> changes = new HashMap<>();
        for (int i = 0; i < done.size(); i++) {
            switch (done.get(i)) {
                case Step.DirectorySynced sync ->
                        syncedBefore.merge(sync.directory(), sync.before(), Math::max);
                case Step.Named named ->
                        changes.computeIfAbsent(named.directory(), d -> new TreeMap<>())
                                .computeIfAbsent(named.name(), n -> new ArrayList<>())
                                .add(i);
                case Step.Written written -> {}
                case Step.FileSynced sync -> {}
            }
        }
        Map<Path, Map<String, Long>> entries = new HashMap<>();
        changes.forEach(
                (directory, names) -> {
                    int before = syncedBefore.getOrDefault(directory, 0);
                    Map<String, Long> there = new TreeMap<>();
                    names.forEach(
                            (name, steps) -> {
                                int sure = (int) steps.stream().filter(i -> i < before).count();
                                int last = survivor(sure, steps.size(), luck, random);
                                there.put(
                                        name,
                                        last == 0
                                                ? DiskTrace.GONE
                                                : inode(done, steps.get(last - 1)));
                            });
                    entries.put(directory, there);
                });
        return entries;
    }

    /// How many of the changes of one name are there.
    private static int survivor(int sure, int all, Luck luck, SplittableRandom random) {
        return switch (luck) {
            case NOTHING -> sure;
            case NAMES_WITHOUT_DATA, EVERYTHING -> all;
            case SOME -> sure + random.nextInt(all - sure + 1);
        };
    }

    private static long inode(List<Step> done, int step) {
        return ((Step.Named) done.get(step)).inode();
    }

    // ---- contents

    private static Map<Long, byte[]> contents(List<Step> done, Luck luck, SplittableRandom random) {
        Map<Long, Integer> syncedBefore = new HashMap<>();
        for (Step step : done) {
            if (step instanceof Step.FileSynced sync) {
                syncedBefore.merge(sync.inode(), sync.before(), Math::max);
            }
        }
        Map<Long, byte[]> contents = new HashMap<>();
        for (int i = 0; i < done.size(); i++) {
            if (done.get(i) instanceof Step.Written written) {
                boolean sure = i < syncedBefore.getOrDefault(written.inode(), 0);
                contents.put(
                        written.inode(),
                        written(
                                contents.getOrDefault(written.inode(), new byte[0]),
                                written,
                                sure,
                                luck,
                                random));
            }
        }
        return contents;
    }

    private static byte[] written(
            byte[] old, Step.Written write, boolean sure, Luck luck, SplittableRandom random) {
        int offset = (int) write.offset();
        int end = offset + write.bytes().length;
        boolean longer =
                sure || luck != Luck.NOTHING && (luck != Luck.SOME || random.nextBoolean());
        byte[] content = longer ? Arrays.copyOf(old, Math.max(old.length, end)) : old.clone();
        for (int at = 0; at < write.bytes().length; at += BLOCK) {
            boolean there =
                    sure
                            || switch (luck) {
                                case NOTHING, NAMES_WITHOUT_DATA -> false;
                                case SOME -> random.nextBoolean();
                                case EVERYTHING -> true;
                            };
            int length = Math.min(BLOCK, write.bytes().length - at);
            if (there && offset + at + length <= content.length) {
                System.arraycopy(write.bytes(), at, content, offset + at, length);
            }
        }
        return content;
    }

    // ---- what becomes of it

    /// The files that have names of objects.
    Map<Path, byte[]> files() {
        return files;
    }

    /// Writes it into an empty directory.
    public void write(Path directory) throws IOException {
        for (Path each : directories) {
            Files.createDirectories(directory.resolve(each.toString()));
        }
        for (Map.Entry<Path, byte[]> file : files.entrySet()) {
            Files.write(directory.resolve(file.getKey().toString()), file.getValue());
        }
    }
}
