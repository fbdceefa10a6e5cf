package io.godwit.index;

import io.godwit.chunk.ChunkId;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.RecordRef;
import io.godwit.pack.SessionId;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Where a chunk stands, as plain numbers: wide in memory, packed in the cache and in segments.
///
/// Wide, 48 bytes, native order: plan u64, random high u64, random low u32, counter u32, ordinal
/// u31 with the metadata flag on top, offset u32, sealed length u32, plain length u32, plain offset
/// u32, length u32.
///
/// Packed, the value of a chunk's row in the local cache (its key is the 32 bytes of the id):
///
/// | bytes | field |
/// |---|---|
/// | 1 | flags, see below |
/// | varint | plan |
/// | 8, 4 | random part of the session id, big-endian |
/// | varint | counter of the pack |
/// | | the place within the pack: |
/// | varint | ordinal |
/// | varint | offset |
/// | varint | sealed length |
/// | varint | plain length |
/// | varint, varint | plain offset and length, unless the chunk is alone in its record |
///
/// Flags: 1 = the pack is a metadata pack, 2 = the chunk is alone in its record. Others are zero,
/// else the row is not ours. A varint has seven bits a byte, the lowest first. Every row names its
/// pack in full: a row can be lost, but never come to mean another place.
final class RowFormat {
    static final int WIDE_BYTES = 48;

    /// What a packed row takes at most: 1 + 10 + 12 + 5 + 6 * 5.
    static final int MAX_PACKED_BYTES = 58;

    static final int METADATA = 1;
    private static final int ALONE = 2;
    private static final int METADATA_BIT = 1 << 31;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong BIG_LONG = LONG.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt BIG_INT = INT.withOrder(ByteOrder.BIG_ENDIAN);

    private RowFormat() {}

    static void writeWide(MemorySegment wide, long at, ChunkRef ref) {
        RecordRef record = ref.record();
        writePack(wide, at, record.pack());
        wide.set(INT, at + 24, record.ordinal() | (record.metadata() ? METADATA_BIT : 0));
        wide.set(INT, at + 28, record.offset());
        wide.set(INT, at + 32, record.sealedLength());
        wide.set(INT, at + 36, record.plainLength());
        wide.set(INT, at + 40, ref.plainOffset());
        wide.set(INT, at + 44, ref.length());
    }

    static void writePack(MemorySegment wide, long at, PackId pack) {
        wide.set(LONG, at, pack.owner().plan());
        wide.set(LONG, at + 8, pack.owner().randomHigh());
        wide.set(INT, at + 16, pack.owner().randomLow());
        wide.set(INT, at + 20, pack.counter());
    }

    static ChunkRef readWide(ChunkId id, MemorySegment wide, long at) {
        RecordRef record =
                new RecordRef(
                        pack(wide, at),
                        metadata(wide, at),
                        wide.get(INT, at + 24) & ~METADATA_BIT,
                        wide.get(INT, at + 28),
                        wide.get(INT, at + 32),
                        wide.get(INT, at + 36));
        return new ChunkRef(id, record, wide.get(INT, at + 40), wide.get(INT, at + 44));
    }

    static PackId pack(MemorySegment wide, long at) {
        SessionId owner =
                new SessionId(wide.get(LONG, at), wide.get(LONG, at + 8), wide.get(INT, at + 16));
        return new PackId(owner, wide.get(INT, at + 20));
    }

    /// Of the chunk, in plain bytes.
    static int length(MemorySegment wide, long at) {
        return wide.get(INT, at + 44);
    }

    static boolean metadata(MemorySegment wide, long at) {
        return wide.get(INT, at + 24) < 0;
    }

    static boolean in(PackSet packs, MemorySegment wide, long at) {
        return packs.contains(
                wide.get(LONG, at),
                wide.get(LONG, at + 8),
                wide.get(INT, at + 16),
                wide.get(INT, at + 20));
    }

    /// Packs a wide place and returns how many bytes it took.
    static int pack(MemorySegment wide, long at, MemorySegment packed, long to) {
        packed.set(ValueLayout.JAVA_BYTE, to, flags(wide, at));
        long end = putVarint(packed, to + 1, wide.get(LONG, at));
        packed.set(BIG_LONG, end, wide.get(LONG, at + 8));
        packed.set(BIG_INT, end + 8, wide.get(INT, at + 16));
        end = putVarint(packed, end + 12, Integer.toUnsignedLong(wide.get(INT, at + 20)));
        return (int) (packPlace(wide, at, packed, end) - to);
    }

    static byte flags(MemorySegment wide, long at) {
        boolean alone =
                wide.get(INT, at + 40) == 0 && wide.get(INT, at + 44) == wide.get(INT, at + 36);
        return (byte) ((metadata(wide, at) ? METADATA : 0) | (alone ? ALONE : 0));
    }

    /// Packs what follows the pack's name, and returns the end.
    static long packPlace(MemorySegment wide, long at, MemorySegment packed, long to) {
        long end = putVarint(packed, to, wide.get(INT, at + 24) & ~METADATA_BIT);
        end = putVarint(packed, end, wide.get(INT, at + 28));
        end = putVarint(packed, end, wide.get(INT, at + 32));
        end = putVarint(packed, end, wide.get(INT, at + 36));
        if ((flags(wide, at) & ALONE) == 0) {
            end = putVarint(packed, end, wide.get(INT, at + 40));
            end = putVarint(packed, end, wide.get(INT, at + 44));
        }
        return end;
    }

    /// Unpacks a row of exactly `length` bytes; false when it is not one, and then `wide` holds
    /// nonsense.
    static boolean unpack(
            MemorySegment packed, long from, int length, MemorySegment wide, long at) {
        if (length < 2 || length > MAX_PACKED_BYTES) {
            return false;
        }
        Cursor cursor = new Cursor(packed, from, from + length);
        int flags = cursor.u8();
        wide.set(LONG, at, cursor.varint());
        wide.set(LONG, at + 8, cursor.bigLong());
        wide.set(INT, at + 16, cursor.bigInt());
        wide.set(INT, at + 20, cursor.u32Varint());
        return wide.get(LONG, at) >= 0
                && unpackPlace(cursor, flags, wide, at)
                && cursor.at == cursor.end;
    }

    /// Unpacks what follows the pack's name; false when no reference can be like that.
    static boolean unpackPlace(Cursor cursor, int flags, MemorySegment wide, long at) {
        int ordinal = cursor.u31Varint();
        int offset = cursor.u31Varint();
        int sealed = cursor.u31Varint();
        int plain = cursor.u31Varint();
        boolean alone = (flags & ALONE) != 0;
        int plainOffset = alone ? 0 : cursor.u31Varint();
        int length = alone ? plain : cursor.u31Varint();
        wide.set(INT, at + 24, ordinal | ((flags & METADATA) != 0 ? METADATA_BIT : 0));
        wide.set(INT, at + 28, offset);
        wide.set(INT, at + 32, sealed);
        wide.set(INT, at + 36, plain);
        wide.set(INT, at + 40, plainOffset);
        wide.set(INT, at + 44, length);
        return !cursor.failed
                && (flags & ~(METADATA | ALONE)) == 0
                && sealed > 0
                && plain > 0
                && length > 0
                && plainOffset + (long) length <= plain;
    }

    static long putVarint(MemorySegment target, long at, long value) {
        long rest = value;
        long end = at;
        while ((rest & ~0x7fL) != 0) {
            target.set(ValueLayout.JAVA_BYTE, end++, (byte) (rest | 0x80));
            rest >>>= 7;
        }
        target.set(ValueLayout.JAVA_BYTE, end++, (byte) rest);
        return end;
    }

    /// Reads packed numbers and remembers whether any of them was not there or too large. Never
    /// throws.
    static final class Cursor {
        private final MemorySegment source;
        private final long end;
        private long at;
        private boolean failed;

        Cursor(MemorySegment source, long from, long end) {
            this.source = source;
            this.at = from;
            this.end = end;
        }

        long position() {
            return at;
        }

        boolean failed() {
            return failed;
        }

        int u8() {
            if (at >= end) {
                failed = true;
                return 0;
            }
            return Byte.toUnsignedInt(source.get(ValueLayout.JAVA_BYTE, at++));
        }

        long varint() {
            long value = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                int next = u8();
                value |= (long) (next & 0x7f) << shift;
                if (next < 0x80) {
                    failed |= shift == 63 && next > 1;
                    return value;
                }
            }
            failed = true;
            return 0;
        }

        int u31Varint() {
            long value = varint();
            failed |= value < 0 || value > Integer.MAX_VALUE;
            return (int) value;
        }

        int u32Varint() {
            long value = varint();
            failed |= value < 0 || value > 0xffff_ffffL;
            return (int) value;
        }

        long bigLong() {
            return take(8) ? source.get(BIG_LONG, at - 8) : 0;
        }

        int bigInt() {
            return take(4) ? source.get(BIG_INT, at - 4) : 0;
        }

        /// The next 32 bytes as an id, or null when they are not there.
        @Nullable ChunkId id() {
            return take(ChunkId.BYTES) ? ChunkId.read(source, at - ChunkId.BYTES) : null;
        }

        private boolean take(int bytes) {
            if (failed || end - at < bytes) {
                failed = true;
                return false;
            }
            at += bytes;
            return true;
        }
    }
}
