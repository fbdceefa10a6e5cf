package io.godwit.device;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// An open descriptor with positional reads and writes of any size and alignment.
///
/// For direct I/O `alignment` is the device's logical block: what is not aligned goes through a
/// buffer of its own, and an unaligned write reads the blocks at its edges first. Aligned calls go
/// straight to the caller's memory. Threads may share it; edges are written under one lock, so that
/// neighbours in one block do not undo each other.
final class OpenFile implements AutoCloseable {
    /// Unaligned transfers go in pieces of this size.
    private static final int BOUNCE_BYTES = 1 << 20;

    private final int descriptor;
    private final String path;
    private final int alignment;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Object edges = new Object();

    OpenFile(int descriptor, String path, int alignment) {
        if (alignment < 1 || (alignment & (alignment - 1)) != 0) {
            throw new IllegalArgumentException("alignment is not a power of two: " + alignment);
        }
        this.descriptor = descriptor;
        this.path = path;
        this.alignment = alignment;
    }

    int descriptor() {
        if (closed.get()) {
            throw new IllegalStateException("used after it was closed: path=" + path);
        }
        return descriptor;
    }

    String path() {
        return path;
    }

    int alignment() {
        return alignment;
    }

    /// Reads until `length` bytes are there or the file ends; returns how many there were.
    ///
    /// @throws ReadFailure at the first block that cannot be read; everything before it was
    ///     delivered
    int read(long offset, MemorySegment target, long targetOffset, int length) {
        if (isAligned(offset, length, target.address() + targetOffset)) {
            return readDirectly(offset, target, targetOffset, length);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bounce = arena.allocate(BOUNCE_BYTES, alignment);
            int done = 0;
            while (done < length) {
                long at = offset + done;
                long start = at & -alignment;
                int lead = (int) (at - start);
                int wanted = Math.min(length - done, BOUNCE_BYTES - lead);
                int span = (lead + wanted + alignment - 1) & -alignment;
                int count = readDirectly(start, bounce, 0, span) - lead;
                if (count <= 0) {
                    return done;
                }
                int copied = Math.min(count, wanted);
                MemorySegment.copy(bounce, lead, target, targetOffset + done, copied);
                done += copied;
                if (copied < wanted) {
                    return done;
                }
            }
            return done;
        }
    }

    /// Reads within the first `size` bytes and delivers zeros behind them; returns how many bytes
    /// within were missing, because the file is shorter by now.
    int readPadded(long offset, MemorySegment target, long targetOffset, int length, long size) {
        Bounds.check(offset, length, Bounds.roundUp(size));
        int expected = Math.clamp(size - offset, 0, length);
        // Direct I/O wants whole blocks, so the whole length is asked for; the end cuts it.
        int count = Math.min(expected, read(offset, target, targetOffset, length));
        target.asSlice(targetOffset + count, length - count).fill((byte) 0);
        return expected - count;
    }

    private int readDirectly(long offset, MemorySegment target, long targetOffset, int length) {
        int done = 0;
        while (done < length) {
            long count =
                    NativeFiles.pread(
                            descriptor(),
                            target,
                            targetOffset + done,
                            length - done,
                            offset + done);
            if (count < 0) {
                throw readError((int) count, offset + done, length - done);
            }
            if (count == 0) {
                break;
            }
            done += (int) count;
            if ((done & (alignment - 1)) != 0) {
                break; // The end: direct I/O stops inside a block nowhere else.
            }
        }
        return done;
    }

    private RuntimeException readError(int errno, long offset, int length) {
        if (Errno.badBlocks(-errno)) {
            Extent rest = new Extent(offset, length);
            return new ReadFailure(path, Errno.reason(errno), List.of(rest));
        }
        return gone(errno, "read").withOffset(offset);
    }

    /// Writes all of it.
    void write(long offset, MemorySegment source, long sourceOffset, int length) {
        if (isAligned(offset, length, source.address() + sourceOffset)) {
            writeDirectly(offset, source, sourceOffset, length);
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bounce = arena.allocate(BOUNCE_BYTES, alignment);
            int done = 0;
            while (done < length) {
                long start = (offset + done) & -alignment;
                int lead = (int) (offset + done - start);
                int count = Math.min(length - done, BOUNCE_BYTES - lead);
                int span = (lead + count + alignment - 1) & -alignment;
                synchronized (edges) {
                    fillEdges(start, bounce, lead, lead + count, span);
                    MemorySegment.copy(source, sourceOffset + done, bounce, lead, count);
                    writeDirectly(start, bounce, 0, span);
                }
                done += count;
            }
        }
    }

    /// Brings what stands around `[from, to)` in the first and the last block into the bounce
    /// buffer.
    private void fillEdges(long start, MemorySegment bounce, int from, int to, int span) {
        if (from > 0) {
            readDirectly(start, bounce, 0, alignment);
        }
        int last = span - alignment;
        if (to < span && (last > 0 || from == 0)) {
            readDirectly(start + last, bounce, last, alignment);
        }
    }

    private void writeDirectly(long offset, MemorySegment source, long sourceOffset, int length) {
        int done = 0;
        while (done < length) {
            long count =
                    NativeFiles.pwrite(
                            descriptor(),
                            source,
                            sourceOffset + done,
                            length - done,
                            offset + done);
            if (count < 0) {
                throw writeError((int) count, offset + done, length - done);
            }
            if (count == 0) {
                throw writeError(-Errno.ENOSPC, offset + done, length - done);
            }
            done += (int) count;
        }
    }

    /// The failure for an error of a write or of what stands for one.
    RuntimeException writeError(int errno, long offset, long length) {
        if (Errno.badBlocks(-errno)) {
            return new WriteFailure(path, Errno.reason(errno), new Extent(offset, length));
        }
        return gone(errno, "write").withOffset(offset);
    }

    /// Makes what was written durable.
    void sync() {
        int result = NativeFiles.sync(descriptor());
        if (result < 0) {
            // The kernel reports a lost write once and forgets it: nothing that was written can be
            // relied on.
            throw gone(result, "sync");
        }
    }

    /// The failure for an error of an operation on what was open before: a device can have gone
    /// away.
    GodwitException gone(int errno, String doing) {
        return switch (-errno) {
            case Errno.ENXIO, Errno.ENODEV, Errno.ENOMEDIUM ->
                    new GodwitException(
                                    FailureKind.UNAVAILABLE,
                                    "cannot " + doing + ": the device is gone: path=" + path)
                            .withObject(path);
            default -> Errno.failure(errno, doing, path);
        };
    }

    /// Whether a transfer goes straight to the caller's memory.
    boolean isAligned(long offset, int length, long address) {
        return ((offset | length | address) & (alignment - 1)) == 0;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            NativeFiles.close(descriptor);
        }
    }
}
