package io.godwit.device;

import java.lang.foreign.MemorySegment;

/// A block device, written with direct I/O and held exclusively while open. Safe for any number of
/// threads.
///
/// **Zeros.** A plain discard promises nothing about what is read afterwards, so it is never used.
/// In this order: punching a hole, which Linux offers for a device only when it discards to zeros
/// or has a write-zeroes command; BLKZEROOUT, with which the kernel writes zeros if need be;
/// writing zeros. Nothing is skipped: a device may hold old data.
final class DeviceTarget implements BlockTarget {
    /// What one call of the kernel zeroes, so that a run can be stopped in between.
    private static final long PUNCH_BYTES = 1L << 30;

    private static final long ZERO_OUT_BYTES = 64L << 20;

    private final OpenFile file;
    private final TargetFacts facts;
    private volatile boolean punches = true;
    private volatile boolean zeroesOut = true;

    DeviceTarget(OpenFile file, TargetFacts facts) {
        this.file = file;
        this.facts = facts;
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
    public void zero(long offset, long length) {
        Bounds.check(offset, length, size());
        int block = facts.blockBytes();
        long end = offset + length;
        long first = (offset + block - 1) / block * block;
        long last = end / block * block;
        if (first >= last) {
            Zeros.write(file, offset, length);
            return;
        }
        Zeros.write(file, offset, first - offset);
        zeroBlocks(first, last);
        Zeros.write(file, last, end - last);
    }

    private void zeroBlocks(long from, long to) {
        long at = from;
        while (at < to && punches) {
            long piece = Math.min(to - at, PUNCH_BYTES);
            int mode = NativeFiles.FALLOC_PUNCH_HOLE | NativeFiles.FALLOC_KEEP_SIZE;
            punches = done(NativeFiles.allocate(file.descriptor(), mode, at, piece), at, piece);
            at += punches ? piece : 0;
        }
        while (at < to && zeroesOut) {
            long piece = Math.min(to - at, ZERO_OUT_BYTES);
            zeroesOut = done(NativeFiles.zeroOut(file.descriptor(), at, piece), at, piece);
            at += zeroesOut ? piece : 0;
        }
        Zeros.write(file, at, to - at);
    }

    /// Whether it was done, or else is not offered by this device.
    private boolean done(int result, long offset, long length) {
        if (result == 0) {
            return true;
        }
        if (Errno.unsupported(result)) {
            return false;
        }
        throw file.writeError(result, offset, length);
    }

    @Override
    public void read(long offset, MemorySegment target, long targetOffset, int length) {
        int missing = file.readPadded(offset, target, targetOffset, length, size());
        if (missing > 0) {
            throw file.gone(-Errno.ENXIO, "read").withOffset(offset);
        }
    }

    @Override
    public void sync() {
        file.sync();
    }

    @Override
    public void close() {
        file.close();
    }
}
