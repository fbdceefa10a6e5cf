package io.godwit.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What was asked of a disk, in order: all that changes what is on it, and what makes that last.
///
/// A sync covers what was done before it began, and counts from when it ended. Thread-safe.
public final class DiskTrace {
    /// A mistake of a store that may be planted: what it asked for looks as if it had made it.
    public enum Plant {
        NONE,
        /// Files are written and not synced.
        NO_FILE_SYNC,
        /// The names in a directory are not synced.
        NO_DIRECTORY_SYNC,
        /// A new directory's own name is not synced.
        NO_PARENT_SYNC,
        /// A file gets its name first, and is synced then.
        NAME_BEFORE_SYNC
    }

    /// One thing that was done.
    public sealed interface Step {
        /// A directory's entry is another now.
        ///
        /// @param inode of a file; 0 for a directory, -1 for none
        record Named(Path directory, String name, long inode) implements Step {}

        /// Bytes of a file.
        @SuppressWarnings("ArrayRecordComponent") // Never compared.
        record Written(long inode, long offset, byte[] bytes) implements Step {}

        /// What was written of a file before a step lasts.
        ///
        /// @param before the number of the first step that is not covered
        record FileSynced(long inode, int before) implements Step {}

        /// The names in a directory as they were before a step last.
        ///
        /// @param before the number of the first step that is not covered
        record DirectorySynced(Path directory, int before) implements Step {}
    }

    static final long DIRECTORY = 0;
    static final long GONE = -1;

    private final Plant plant;
    private final List<Step> steps = new ArrayList<>();
    private final Map<Path, Long> names = new HashMap<>();
    private final Map<Long, List<Step>> heldBack = new HashMap<>();
    private long lastInode;

    public DiskTrace(Plant plant) {
        this.plant = plant;
    }

    /// How many steps there were so far.
    public synchronized int size() {
        return steps.size();
    }

    synchronized List<Step> first(int count) {
        return List.copyOf(steps.subList(0, count));
    }

    synchronized long created(Path directory, String name) {
        lastInode++;
        name(directory, name, lastInode);
        return lastInode;
    }

    private void name(Path directory, String name, long inode) {
        steps.add(new Step.Named(directory, name, inode));
        if (inode == GONE) {
            names.remove(directory.resolve(name));
        } else {
            names.put(directory.resolve(name), inode);
        }
    }

    synchronized long inode(Path file) {
        Long inode = names.get(file);
        if (inode == null) {
            throw new IllegalStateException("made by nobody we know: " + file);
        }
        return inode;
    }

    synchronized void directoryMade(Path directory, String name) {
        name(directory, name, DIRECTORY);
    }

    synchronized void linked(Path existing, Path directory, String name) {
        name(directory, name, inode(existing));
    }

    synchronized void removed(Path directory, String name) {
        name(directory, name, GONE);
    }

    synchronized void written(long inode, long offset, byte[] bytes) {
        steps.add(new Step.Written(inode, offset, bytes));
    }

    synchronized void fileSynced(long inode, int before) {
        switch (plant) {
            case NO_FILE_SYNC -> {}
            case NAME_BEFORE_SYNC ->
                    heldBack.computeIfAbsent(inode, i -> new ArrayList<>())
                            .add(new Step.FileSynced(inode, before));
            case NONE, NO_DIRECTORY_SYNC, NO_PARENT_SYNC ->
                    steps.add(new Step.FileSynced(inode, before));
        }
    }

    synchronized void directorySynced(Path directory, int before) {
        boolean forDirectory =
                steps.stream()
                        .anyMatch(
                                step ->
                                        step instanceof Step.Named named
                                                && named.directory().equals(directory)
                                                && named.inode() == DIRECTORY);
        boolean left =
                plant == Plant.NO_DIRECTORY_SYNC || (plant == Plant.NO_PARENT_SYNC && forDirectory);
        if (!left) {
            steps.add(new Step.DirectorySynced(directory, before));
        }
        heldBack.values().forEach(steps::addAll);
        heldBack.clear();
    }
}
