package io.godwit.format;

import io.godwit.chunk.ChunkId;
import io.godwit.pack.PackId;
import io.godwit.pack.SessionId;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Writes what [ByteReader] reads: little-endian numbers, varints, strings, ids (ids big-endian, so
/// that bytes sort as ids do).
///
/// Growing, from the heap or an arena, or over a fixed segment of the caller's. Belongs to one
/// thread; reusable with [#reset()]. Growing from an arena doubles, and the arena keeps what was
/// outgrown until it closes.
public final class ByteWriter {
    private static final ValueLayout.OfInt BIG_INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong BIG_LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int FIRST_BYTES = 256;

    private final @Nullable SegmentAllocator allocator;
    private MemorySegment target;
    private long size;

    /// Grows on the heap.
    public ByteWriter() {
        this(ByteWriter::heap, FIRST_BYTES);
    }

    /// Grows by doubling from `allocator`, for example an arena.
    public ByteWriter(SegmentAllocator allocator, long firstBytes) {
        this.allocator = allocator;
        this.target = allocator.allocate(Math.max(1, firstBytes));
    }

    /// Writes over `target` from its start.
    ///
    /// @throws IndexOutOfBoundsException from any write that does not fit
    public ByteWriter(MemorySegment target) {
        this.allocator = null;
        this.target = target;
    }

    private static MemorySegment heap(long bytes, long alignment) {
        return MemorySegment.ofArray(new byte[Math.toIntExact(bytes)]);
    }

    public ByteWriter u8(int value) {
        check(value, 0xff);
        long at = advance(1);
        target.set(ValueLayout.JAVA_BYTE, at, (byte) value);
        return this;
    }

    public ByteWriter u16(int value) {
        check(value, 0xffff);
        long at = advance(2);
        target.set(SHORT, at, (short) value);
        return this;
    }

    public ByteWriter u32(long value) {
        check(value, 0xffff_ffffL);
        long at = advance(4);
        target.set(INT, at, (int) value);
        return this;
    }

    public ByteWriter u64(long value) {
        long at = advance(8);
        target.set(LONG, at, value);
        return this;
    }

    /// 0 to 2^31-1 in 1 to 5 bytes, 7 bits each, low ones first.
    public ByteWriter varint(int value) {
        check(value, Integer.MAX_VALUE);
        return varlong(value);
    }

    /// All 64 bits as an unsigned number, in 1 to 10 bytes.
    public ByteWriter varlong(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            u8((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        return u8((int) rest);
    }

    public ByteWriter bytes(byte[] source) {
        long at = advance(source.length);
        MemorySegment.copy(source, 0, target, ValueLayout.JAVA_BYTE, at, source.length);
        return this;
    }

    public ByteWriter bytes(MemorySegment source, long offset, long length) {
        long at = advance(length);
        MemorySegment.copy(source, offset, target, at, length);
        return this;
    }

    public ByteWriter zeros(long count) {
        long at = advance(count);
        target.asSlice(at, count).fill((byte) 0);
        return this;
    }

    /// Leaves room for bytes that somebody else writes, or has written, into the target.
    public ByteWriter skip(long count) {
        advance(count);
        return this;
    }

    /// Its length in bytes as [#varint(int)], then UTF-8.
    public ByteWriter string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return varint(bytes.length).bytes(bytes);
    }

    public ByteWriter chunkId(ChunkId id) {
        long at = advance(ChunkId.BYTES);
        id.write(target, at);
        return this;
    }

    public ByteWriter packId(PackId id) {
        sessionId(id.owner());
        long at = advance(4);
        target.set(BIG_INT, at, id.counter());
        return this;
    }

    public ByteWriter sessionId(SessionId id) {
        long at = advance(20);
        target.set(BIG_LONG, at, id.plan());
        target.set(BIG_LONG, at + 8, id.randomHigh());
        target.set(BIG_INT, at + 16, id.randomLow());
        return this;
    }

    public ByteWriter repositoryId(RepositoryId id) {
        long at = advance(RepositoryId.BYTES);
        id.write(target, at);
        return this;
    }

    /// Overwrites four bytes written before, for a length or checksum known only later.
    public ByteWriter setU32(long position, long value) {
        check(value, 0xffff_ffffL);
        if (position < 0 || position + 4 > size) {
            throw new IndexOutOfBoundsException("not written yet: " + position);
        }
        target.set(INT, position, (int) value);
        return this;
    }

    public long size() {
        return size;
    }

    /// What was written, as a view: valid until the next write.
    public MemorySegment written() {
        return target.asSlice(0, size);
    }

    public byte[] toByteArray() {
        return written().toArray(ValueLayout.JAVA_BYTE);
    }

    /// Forgets what was written and keeps the memory.
    public ByteWriter reset() {
        size = 0;
        return this;
    }

    private static void check(long value, long max) {
        if (value < 0 || value > max) {
            throw new IllegalArgumentException("number out of range: " + value);
        }
    }

    private long advance(long count) {
        long at = size;
        long end = Math.addExact(at, count);
        if (end > target.byteSize()) {
            grow(end);
        }
        size = end;
        return at;
    }

    private void grow(long wanted) {
        if (allocator == null) {
            throw new IndexOutOfBoundsException(
                    "does not fit: wanted=%d capacity=%d".formatted(wanted, target.byteSize()));
        }
        MemorySegment larger = allocator.allocate(Math.max(wanted, 2 * target.byteSize()), 1);
        MemorySegment.copy(target, 0, larger, 0, size);
        target = larger;
    }
}
