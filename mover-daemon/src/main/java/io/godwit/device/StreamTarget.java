package io.godwit.device;

import java.lang.foreign.MemorySegment;

/// Standard output, written once from its start. Owned by one thread.
public final class StreamTarget implements BlockTarget {
    private final int descriptor;
    private final TargetFacts facts;
    private long position;

    /// @param descriptor closed with this
    StreamTarget(int descriptor, long volumeBytes) {
        this.descriptor = descriptor;
        this.facts = new TargetFacts(TargetFacts.Kind.STREAM, "-", volumeBytes, 1, false);
    }

    @Override
    public TargetFacts facts() {
        return facts;
    }

    @Override
    public long size() {
        return facts.sizeBytes();
    }

    /// How many bytes were written: the offset that the next write must have.
    public long position() {
        return position;
    }

    @Override
    public void write(long offset, MemorySegment source, long sourceOffset, int length) {
        Bounds.check(offset, length, size());
        if (offset != position) {
            throw new IllegalStateException(
                    "a stream is written in order: offset=" + offset + " position=" + position);
        }
        int done = 0;
        while (done < length) {
            long count = NativeFiles.write(descriptor, source, sourceOffset + done, length - done);
            if (count < 0) {
                throw Errno.failure((int) count, "write to standard output", "-")
                        .withOffset(position);
            }
            done += (int) count;
            position += count;
        }
    }

    @Override
    public void zero(long offset, long length) {
        Bounds.check(offset, length, size());
        long end = offset + length;
        for (long at = offset; at < end; at += Zeros.BYTES) {
            write(at, Zeros.SEGMENT, 0, (int) Math.min(Zeros.BYTES, end - at));
        }
    }

    @Override
    public void read(long offset, MemorySegment target, long targetOffset, int length) {
        throw new UnsupportedOperationException("a stream cannot be read back");
    }

    /// Makes a file behind standard output durable; a pipe has nothing to sync.
    @Override
    public void sync() {
        int result = NativeFiles.sync(descriptor);
        if (result < 0 && result != -Errno.EROFS && !Errno.unsupported(result)) {
            throw Errno.failure(result, "sync standard output", "-");
        }
    }

    @Override
    public void close() {
        NativeFiles.close(descriptor);
    }
}
