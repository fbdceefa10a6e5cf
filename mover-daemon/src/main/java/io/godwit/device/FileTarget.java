package io.godwit.device;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// A raw image file, written through the page cache; zeros are holes. Safe for any number of threads.
final class FileTarget implements BlockTarget {
    private final OpenFile file;
    private final TargetFacts facts;
    private final boolean created;
    private volatile boolean reserves = true;
    private volatile boolean punches = true;

    FileTarget(OpenFile file, TargetFacts facts, boolean created) {
        this.file = file;
        this.facts = facts;
        this.created = created;
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
        file.write(offset, source, sourceOffset, length);
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
        file.close();
    }
}
