package io.godwit.s3;

import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The bytes of a segment as a stream. Belongs to one thread; the segment stays where it is.
final class SegmentInput extends InputStream {
    private final MemorySegment content;
    private long position;
    private long mark;

    SegmentInput(MemorySegment content) {
        this.content = content;
    }

    @Override
    public int read() {
        if (position == content.byteSize()) {
            return -1;
        }
        return content.get(ValueLayout.JAVA_BYTE, position++) & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        long rest = content.byteSize() - position;
        if (length > 0 && rest == 0) {
            return -1;
        }
        int count = (int) Math.min(length, rest);
        MemorySegment.copy(content, ValueLayout.JAVA_BYTE, position, target, offset, count);
        position += count;
        return count;
    }

    @Override
    public long skip(long count) {
        long skipped = Math.clamp(count, 0, content.byteSize() - position);
        position += skipped;
        return skipped;
    }

    @Override
    public int available() {
        return (int) Math.min(Integer.MAX_VALUE, content.byteSize() - position);
    }

    @Override
    public boolean markSupported() {
        return true;
    }

    @Override
    public void mark(int limit) {
        mark = position;
    }

    @Override
    public void reset() {
        position = mark;
    }
}
