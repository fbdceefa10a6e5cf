package io.godwit.device;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A raw image file; zeros are holes. Safe for any number of threads.
///
/// What is long and aligned is written past the page cache where the file system allows that, the
/// rest through it. For pages of a file that is written once and as a whole, the kernel takes more
/// processor time than it takes to decompress what goes into them, and all of it is synced in the
/// end anyway.
final class FileTarget implements BlockTarget {
    /// Shorter writes are over sooner when they only reach the cache.
    private static final int PAST_CACHE_FROM_BYTES = 64 << 10;

    private final OpenFile file;
    private volatile @Nullable OpenFile pastCache;
    private final TargetFacts facts;
    private final boolean created;
    private volatile boolean reserves = true;
    private volatile boolean punches = true;

    FileTarget(OpenFile file, TargetFacts facts, boolean created) {
        this.file = file;
        this.facts = facts;
        this.created = created;
        this.pastCache = openPastCache(file);
    }

    /// The same file, whatever its name is by now; null where the file system has no direct I/O.
    private static @Nullable OpenFile openPastCache(OpenFile file) {
        String same = "/proc/self/fd/" + file.descriptor();
        int flags = NativeFiles.O_RDWR | NativeFiles.O_DIRECT;
        int descriptor = NativeFiles.open(same, flags, 0);
        return descriptor < 0 ? null : new OpenFile(descriptor, file.path(), BLOCK_BYTES);
    }

    @Override
    public TargetFacts facts() {
        return facts;
    }

    @Override
    public long size() {
        return facts.sizeBytes();
    }

    @Override
    public void write(long offset, MemorySegment source, long sourceOffset, int length) {
        Bounds.check(offset, length, size());
        int done = writePastCache(offset, source, sourceOffset, length);
        if (done < length) {
            file.write(offset + done, source, sourceOffset + done, length - done);
        }
    }

    /// Returns how much of it was written.
    private int writePastCache(long offset, MemorySegment source, long sourceOffset, int length) {
        OpenFile direct = pastCache;
        int whole = length & -BLOCK_BYTES;
        if (direct == null
                || whole < PAST_CACHE_FROM_BYTES
                || !direct.isAligned(offset, whole, source.address() + sourceOffset)) {
            return 0;
        }
        int done = 0;
        while (done < whole) {
            long count =
                    NativeFiles.pwrite(
                            direct.descriptor(),
                            source,
                            sourceOffset + done,
                            whole - done,
                            offset + done);
            if (Errno.unsupported((int) count)) {
                // Some file systems open files for direct I/O and then want other alignments, or
                // none.
                pastCache = null;
                return done;
            }
            if (count < 0) {
                throw file.writeError((int) count, offset + done, whole - done);
            }
            done += (int) count;
            if ((done & (BLOCK_BYTES - 1)) != 0) {
                return done;
            }
        }
        return done;
    }

    @Override
    public void reserve(long offset, long length) {
        Bounds.check(offset, length, size());
        if (length == 0 || !reserves) {
            return;
        }
        int mode = NativeFiles.FALLOC_KEEP_SIZE;
        int result = NativeFiles.allocate(file.descriptor(), mode, offset, length);
        if (Errno.unsupported(result)) {
            reserves = false;
        } else if (result < 0) {
            throw file.gone(result, "reserve space").withOffset(offset);
        }
    }

    @Override
    public void zero(long offset, long length) {
        Bounds.check(offset, length, size());
        if (length == 0 || isHole(offset, offset + length)) {
            return;
        }
        if (punches) {
            int mode = NativeFiles.FALLOC_PUNCH_HOLE | NativeFiles.FALLOC_KEEP_SIZE;
            int result = NativeFiles.allocate(file.descriptor(), mode, offset, length);
            if (result == 0) {
                return;
            }
            if (!Errno.unsupported(result)) {
                throw file.writeError(result, offset, length);
            }
            punches = false;
        }
        Zeros.write(file, offset, length);
    }

    /// Far cheaper than punching what is a hole already, which is the usual case.
    private boolean isHole(long from, long to) {
        long data = NativeFiles.seek(file.descriptor(), from, NativeFiles.SEEK_DATA);
        return data == -Errno.ENXIO || data >= to;
    }

    @Override
    public void read(long offset, MemorySegment target, long targetOffset, int length) {
        file.readPadded(offset, target, targetOffset, length, size());
    }

    @Override
    public void sync() {
        file.sync();
        if (created) {
            syncDirectory();
        }
    }

    private void syncDirectory() {
        Path parent = Path.of(facts.path()).getParent();
        if (parent == null) {
            return;
        }
        int descriptor = NativeFiles.open(parent.toString(), NativeFiles.O_RDONLY, 0);
        if (descriptor < 0) {
            throw Errno.failure(descriptor, "open", parent.toString());
        }
        try (OpenFile directory = new OpenFile(descriptor, parent.toString(), 1)) {
            directory.sync();
        }
    }

    @Override
    public void close() {
        OpenFile direct = pastCache;
        if (direct != null) {
            direct.close();
        }
        file.close();
    }
}
