package io.godwit.pack;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Shows native memory as the direct buffers that JNI codecs take, without making a new one per
/// call.
///
/// The buffer of the last segment is kept; heap memory is copied to a native one that grows.
/// Belongs to one thread.
final class DirectView {
    private @Nullable MemorySegment last;
    private @Nullable ByteBuffer lastBuffer;
    private @Nullable MemorySegment copy;
    private int position;

    /// A buffer that holds `length` bytes of `segment` at [#position()].
    ByteBuffer source(MemorySegment segment, long offset, int length) {
        if (!segment.isNative()) {
            MemorySegment target = copy;
            if (target == null || target.byteSize() < length) {
                target = Arena.ofAuto().allocate(length);
                copy = target;
            }
            MemorySegment.copy(segment, offset, target, 0, length);
            return of(target, 0, length);
        }
        return of(segment, offset, length);
    }

    /// The same for memory that is written to, which must be native.
    ByteBuffer target(MemorySegment segment, long offset, long length) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException("not off-heap memory");
        }
        return of(segment, offset, length);
    }

    int position() {
        return position;
    }

    private ByteBuffer of(MemorySegment segment, long offset, long length) {
        if (offset < 0 || length < 0 || length > segment.byteSize() - offset) {
            throw new IndexOutOfBoundsException("offset=" + offset + " length=" + length);
        }
        if (segment.byteSize() > Integer.MAX_VALUE) {
            position = 0;
            return segment.asSlice(offset, length).asByteBuffer();
        }
        ByteBuffer buffer = lastBuffer;
        if (buffer == null || !isLast(segment)) {
            buffer = segment.asByteBuffer();
            last = segment;
            lastBuffer = buffer;
        }
        position = (int) offset;
        return buffer;
    }

    /// The same memory of the same arena: an address alone may be somebody else's by now.
    private boolean isLast(MemorySegment segment) {
        return last != null && segment.equals(last) && segment.scope().equals(last.scope());
    }
}
