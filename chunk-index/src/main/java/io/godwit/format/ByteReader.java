package io.godwit.format;

import io.godwit.chunk.ChunkId;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackId;
import io.godwit.pack.SessionId;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// A cursor over bytes that somebody stored: little-endian, bounds-checked.
///
/// Whatever runs past the end, or could not have been written by [ByteWriter], fails with
/// `CORRUPT`; the failure names the object and the position. Belongs to one thread; reading
/// primitives allocates nothing.
public final class ByteReader {
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

    private static final int SESSION_ID_BYTES = 20;
    private static final int TEXT_LIMIT = 1 << 16;

    private final MemorySegment source;
    private final String object;
    private long position;

    /// @param object the name that failures carry
    public ByteReader(MemorySegment source, String object) {
        this.source = source;
        this.object = object;
    }

    public ByteReader(byte[] source, String object) {
        this(MemorySegment.ofArray(source), object);
    }

    public int u8() {
        return source.get(ValueLayout.JAVA_BYTE, advance(1)) & 0xff;
    }

    public int u16() {
        return source.get(SHORT, advance(2)) & 0xffff;
    }

    public long u32() {
        return source.get(INT, advance(4)) & 0xffff_ffffL;
    }

    /// All 64 bits: negative when the highest is set.
    public long u64() {
        return source.get(LONG, advance(8));
    }

    /// 0 to 2^31-1.
    public int varint() {
        long value = varlong();
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw corrupt("number out of range: " + Long.toUnsignedString(value));
        }
        return (int) value;
    }

    /// A count or length that decides how much is read or allocated next.
    public int varint(int max) {
        int value = varint();
        if (value > max) {
            throw corrupt("number over its limit: value=%d limit=%d".formatted(value, max));
        }
        return value;
    }

    /// All 64 bits, in 1 to 10 bytes; only the shortest form is accepted.
    public long varlong() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = u8();
            if (shift == 63 && next > 1) {
                throw corrupt("number too long");
            }
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                if (next == 0 && shift > 0) {
                    throw corrupt("number not in its shortest form");
                }
                return value;
            }
        }
        throw corrupt("number too long");
    }

    /// The next `count` bytes, as a view.
    public MemorySegment slice(long count) {
        return source.asSlice(advance(count), count);
    }

    /// The next `count` bytes, copied.
    public byte[] bytes(int count) {
        byte[] copy = new byte[count >= 0 && count <= remaining() ? count : 0];
        MemorySegment.copy(source, ValueLayout.JAVA_BYTE, advance(count), copy, 0, copy.length);
        return copy;
    }

    /// A length as [#varint()] and as many bytes of well-formed UTF-8.
    public String string(int maxBytes) {
        ByteBuffer bytes = ByteBuffer.wrap(bytes(varint(maxBytes)));
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new GodwitException(FailureKind.CORRUPT, message("text is not utf-8"), e)
                    .withObject(object)
                    .withOffset(position);
        }
    }

    /// Text of at most 64 KiB.
    public String string() {
        return string(TEXT_LIMIT);
    }

    public ChunkId chunkId() {
        return ChunkId.read(source, advance(ChunkId.BYTES));
    }

    public PackId packId() {
        SessionId owner = sessionId();
        return new PackId(owner, source.get(BIG_INT, advance(4)));
    }

    public SessionId sessionId() {
        long at = advance(SESSION_ID_BYTES);
        long plan = source.get(BIG_LONG, at);
        if (plan < 0) {
            throw corrupt("negative plan in a session id");
        }
        return new SessionId(plan, source.get(BIG_LONG, at + 8), source.get(BIG_INT, at + 16));
    }

    public RepositoryId repositoryId() {
        return RepositoryId.read(source, advance(RepositoryId.BYTES));
    }

    public long position() {
        return position;
    }

    public long remaining() {
        return source.byteSize() - position;
    }

    public void skip(long count) {
        advance(count);
    }

    /// Fails unless everything was read: trailing bytes are damage.
    public void end() {
        if (remaining() != 0) {
            throw corrupt("bytes behind the end: count=" + remaining());
        }
    }

    /// A failure at the present position, for what only the caller can see to be wrong.
    public GodwitException corrupt(String what) {
        return new GodwitException(FailureKind.CORRUPT, message(what))
                .withObject(object)
                .withOffset(position);
    }

    private String message(String what) {
        return "%s: object=%s offset=%d".formatted(what, object, position);
    }

    private long advance(long count) {
        if (count < 0 || count > remaining()) {
            throw corrupt("ends too early: wanted=%d left=%d".formatted(count, remaining()));
        }
        long at = position;
        position += count;
        return at;
    }
}
