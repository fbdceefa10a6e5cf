package io.godwit.device;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.lang.foreign.MemorySegment;

/// A raw image file or a block device, read by position through one descriptor.
///
/// Files are read through the page cache and know their holes; devices are read with direct I/O and
/// are all data. Safe for any number of threads.
final class FileSource implements BlockSource {
    private final OpenFile file;
    private final SourceFacts facts;
    private final boolean seeksHoles;

    FileSource(OpenFile file, SourceFacts facts) {
        this.file = file;
        this.facts = facts;
        this.seeksHoles = facts.kind() == SourceFacts.Kind.FILE;
    }

    @Override
    public SourceFacts facts() {
        return facts;
    }

    @Override
    public long size() {
        return facts.sizeBytes();
    }

    @Override
    public void read(long offset, MemorySegment target, long targetOffset, int length) {
        int missing = file.readPadded(offset, target, targetOffset, length, size());
        if (missing > 0) {
            throw changedSize(currentSize());
        }
    }

    @Override
    public long nextData(long from) {
        if (!seeksHoles || from >= size()) {
            return Math.min(from, size());
        }
        long data = seekData(from);
        return data == size() ? data : Math.max(from, data & -BLOCK_BYTES);
    }

    @Override
    public long nextHole(long from) {
        if (!seeksHoles) {
            return size();
        }
        long hole = from;
        while (hole < size()) {
            // File systems with smaller blocks have holes that begin or end inside of a block of
            // ours.
            hole = Math.min(size(), Bounds.roundUp(seekHole(hole)));
            if (hole == size()) {
                break;
            }
            long data = nextData(hole);
            if (data > hole) {
                return hole;
            }
            hole += BLOCK_BYTES;
        }
        return size();
    }

    private long seekData(long from) {
        long found = NativeFiles.seek(file.descriptor(), from, NativeFiles.SEEK_DATA);
        if (found == -Errno.ENXIO) {
            return size();
        }
        return found < 0 ? unsupported((int) found, from) : Math.min(found, size());
    }

    private long seekHole(long from) {
        long found = NativeFiles.seek(file.descriptor(), from, NativeFiles.SEEK_HOLE);
        if (found == -Errno.ENXIO) {
            return size();
        }
        return found < 0 ? unsupported((int) found, size()) : Math.min(found, size());
    }

    /// A file system that knows no holes answers EINVAL: then everything is data.
    private long unsupported(int errno, long answer) {
        if (Errno.unsupported(errno)) {
            return answer;
        }
        throw file.gone(errno, "look for holes");
    }

    @Override
    public void checkUnchanged() {
        long now = currentSize();
        if (now != size()) {
            throw changedSize(now);
        }
    }

    private long currentSize() {
        if (facts.kind() == SourceFacts.Kind.FILE) {
            return FileStatus.of(file.descriptor()).sizeBytes();
        }
        long bytes = NativeFiles.deviceSize(file.descriptor());
        if (bytes < 0) {
            throw file.gone((int) bytes, "ask for the size");
        }
        return bytes;
    }

    private GodwitException changedSize(long now) {
        String verb = now < size() ? "shrank" : now > size() ? "grew" : "changed its size";
        return new GodwitException(
                        FailureKind.FENCED,
                        "the source "
                                + verb
                                + " while it was read: path="
                                + facts.path()
                                + " size="
                                + now
                                + " before="
                                + size())
                .withObject(facts.path())
                .withHint("stop what writes to it or take a snapshot of it, and run again");
    }

    @Override
    public boolean modified() {
        return facts.kind() == SourceFacts.Kind.FILE
                && !FileStatus.of(file.descriptor()).modified().equals(facts.modified());
    }

    @Override
    public void close() {
        file.close();
    }
}
