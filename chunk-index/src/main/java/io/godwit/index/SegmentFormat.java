package io.godwit.index;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackId;
import io.godwit.pack.SessionId;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The plain content of an index segment, `idx/l0/<session>-<n>`: where the chunks of some packs of
/// one session stand.
///
/// Version 1. Integers are little-endian, names of packs are big-endian so that they sort by their
/// bytes.
///
/// | bytes | field |
/// |---|---|
/// | 4 | number of packs |
/// | 4 | number of rows |
/// | 25 each | packs, ascending: plan 8, random 12, counter 4, then flags 1 (bit 0: metadata pack) |
/// | | rows, ascending by id, no id twice: |
/// | 32 | chunk id |
/// | 1 | flags (bit 1: alone in its record) |
/// | varint | number of the pack in the table above |
/// | varint | ordinal |
/// | varint | offset |
/// | varint | sealed length |
/// | varint | plain length |
/// | varint, varint | plain offset and length, unless alone |
/// | 8 | XXH3-64 of all bytes before |
///
/// Every pack of the table is named by at least one row, and every flag that is not listed is zero.
/// A row takes about 46 bytes, 0.08 % of the 60 KiB it stands for. [SegmentWriter] writes it and
/// [SegmentReader] reads it; header, encryption and the outer checksum are the business of whoever
/// puts the object.
public final class SegmentFormat {
    /// The version of this content in the object's header.
    public static final int VERSION = 1;

    /// Rows in one segment at most: those of about 8 GiB of new data, so that a reader needs a few
    /// megabytes.
    public static final int MAX_ROWS = 1 << 17;

    /// A longer content is not a segment.
    public static final int MAX_BYTES = 16 << 20;

    /// What an object with such a content takes at most: header, salt, tag and footer are far below
    /// a page.
    public static final int MAX_OBJECT_BYTES = MAX_BYTES + 4096;

    /// About what a row takes.
    static final int USUAL_ROW_BYTES = 46;

    static final int COUNTS_BYTES = 8;
    static final int PACK_BYTES = PackId.BYTES + 1;
    static final int CHECKSUM_BYTES = 8;
    static final int PACK_METADATA = 1;

    static final ValueLayout.OfInt U32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong U64 =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt BIG_INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong BIG_LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private SegmentFormat() {}

    static void putPack(MemorySegment target, long at, PackId pack) {
        target.set(BIG_LONG, at, pack.owner().plan());
        target.set(BIG_LONG, at + 8, pack.owner().randomHigh());
        target.set(BIG_INT, at + 16, pack.owner().randomLow());
        target.set(BIG_INT, at + 20, pack.counter());
    }

    static PackId getPack(MemorySegment source, long at) {
        SessionId owner =
                new SessionId(
                        source.get(BIG_LONG, at),
                        source.get(BIG_LONG, at + 8),
                        source.get(BIG_INT, at + 16));
        return new PackId(owner, source.get(BIG_INT, at + 20));
    }

    static GodwitException corrupt(String what, String name, long offset) {
        return new GodwitException(
                        FailureKind.CORRUPT,
                        "%s: segment=%s offset=%d".formatted(what, name, offset))
                .withObject(name)
                .withOffset(offset);
    }
}
