package io.godwit.volume;

import io.godwit.chunk.ChunkId;
import io.godwit.format.ByteReader;
import io.godwit.format.ByteWriter;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.SessionId;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The bytes of a list of chunk references: a part of pages, nodes and roots.
///
/// | field | type | notes |
/// |---|---|---|
/// | pack count | varint | |
/// | packs | see below | in the order of their ids, so that each owner stands once |
/// | chunk count | varint | |
/// | chunk ids | 32 bytes each | raw: a digest does not compress |
/// | rows | see below | one for each chunk, in the order of the ids |
///
/// A pack is `varlong(counter << 2 | owner same as before << 1 | metadata)`, then the owner's 20
/// bytes unless it is the same. A row is a control byte and what it does not say already:
///
/// | control bit | set | not set |
/// |---|---|---|
/// | 0 | the pack of the row before (the first pack for the first row) | varint number of the pack |
/// | 1 | the record of the row before; implies bit 0 | ordinal, offset, sealed length |
/// | 2 | the chunk is the whole record | plain length unless bit 1; plain offset |
/// | 3 | length counts leaves of 4096 bytes | length counts bytes |
///
/// In this order: pack; ordinal as zigzag distance from the one behind the pack's last record;
/// offset as zigzag distance from the end of that record's sealed bytes; sealed length; plain
/// length; plain offset (with bit 1 as zigzag distance from the end of the chunk before); length.
/// All varints. A chunk stored in order takes about 7 bytes besides its id.
///
/// Reused by one thread. Written by [PageFormat], [NodeFormat] and [RootFormat].
final class ChunkTableFormat {
    private static final int SAME_PACK = 1;
    private static final int SAME_RECORD = 2;
    private static final int ALONE = 4;
    private static final int LEAVES = 8;
    private static final int CONTROL_BITS = 0xf;

    /// An id, a control byte and a length at least.
    private static final int MIN_CHUNK_BYTES = ChunkId.BYTES + 2;

    private static final int METADATA = 1;
    private static final int SAME_OWNER = 2;

    private int[] packNumbers = new int[8];
    private int[] packSlots = new int[8];
    private long[] nextOrdinal = new long[8];
    private long[] nextOffset = new long[8];

    private int lastPack;
    private int ordinal;
    private int offset;
    private int sealed;
    private int plain;
    private long chunkEnd;

    /// Writes the slots `order[0..count)` of a table.
    void write(ByteWriter out, ChunkTable table, int[] order, int count) {
        writePacks(out, table, order, count);
        out.varint(count);
        for (int i = 0; i < count; i++) {
            out.chunkId(table.id(order[i]));
        }
        begin();
        for (int i = 0; i < count; i++) {
            writeRow(out, table, order[i], i == 0);
        }
    }

    private void writePacks(ByteWriter out, ChunkTable table, int[] order, int count) {
        int used = numberPacks(table, order, count);
        out.varint(used);
        @Nullable SessionId owner = null;
        for (int number = 0; number < used; number++) {
            PackId pack = table.pack(packSlots[number]);
            boolean sameOwner = pack.owner().equals(owner);
            int flags = table.isMetadata(packSlots[number]) ? METADATA : 0;
            flags |= sameOwner ? SAME_OWNER : 0;
            out.varlong(Integer.toUnsignedLong(pack.counter()) << 2 | flags);
            if (!sameOwner) {
                out.sessionId(pack.owner());
            }
            owner = pack.owner();
        }
    }

    /// Numbers the packs in use in the order of their ids, so that each owner is written once.
    private int numberPacks(ChunkTable table, int[] order, int count) {
        reserve(table.packCount());
        Arrays.fill(packNumbers, 0, table.packCount(), -1);
        List<Integer> used = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int pack = table.packOf(order[i]);
            if (packNumbers[pack] < 0) {
                packNumbers[pack] = 0;
                used.add(pack);
            }
        }
        used.sort(
                Comparator.<Integer, PackId>comparing(table::pack)
                        .thenComparing(table::isMetadata));
        for (int number = 0; number < used.size(); number++) {
            packSlots[number] = used.get(number);
            packNumbers[packSlots[number]] = number;
        }
        return used.size();
    }

    private void writeRow(ByteWriter out, ChunkTable table, int slot, boolean first) {
        int pack = packNumbers[table.packOf(slot)];
        boolean samePack = pack == lastPack;
        boolean sameRecord = samePack && !first && isLastRecord(table, slot);
        int length = table.length(slot);
        boolean alone = table.plainOffset(slot) == 0 && length == table.plainLength(slot);
        boolean leaves = length % Regions.LEAF_BYTES == 0;
        out.u8(
                (samePack ? SAME_PACK : 0)
                        | (sameRecord ? SAME_RECORD : 0)
                        | (alone ? ALONE : 0)
                        | (leaves ? LEAVES : 0));
        if (!samePack) {
            out.varint(pack);
        }
        if (!sameRecord) {
            writeSigned(out, table.ordinal(slot) - nextOrdinal[pack]);
            writeSigned(out, table.offset(slot) - nextOffset[pack]);
            out.varint(table.sealedLength(slot));
            if (!alone) {
                out.varint(table.plainLength(slot));
            }
        }
        if (!alone && sameRecord) {
            writeSigned(out, table.plainOffset(slot) - chunkEnd);
        } else if (!alone) {
            out.varint(table.plainOffset(slot));
        }
        out.varint(leaves ? length / Regions.LEAF_BYTES : length);
        ordinal = table.ordinal(slot);
        offset = table.offset(slot);
        sealed = table.sealedLength(slot);
        plain = table.plainLength(slot);
        endRow(pack, table.plainOffset(slot), length);
    }

    private boolean isLastRecord(ChunkTable table, int slot) {
        return table.ordinal(slot) == ordinal
                && table.offset(slot) == offset
                && table.sealedLength(slot) == sealed
                && table.plainLength(slot) == plain;
    }

    /// Reads a list into a table, which may hold others already, and returns their slots in order.
    int[] read(ByteReader in, ChunkTable table, int maxChunks) {
        int packs = readPacks(in, table, maxChunks);
        int count = in.varint(maxChunks);
        if ((long) count * MIN_CHUNK_BYTES > in.remaining()) {
            throw in.corrupt("chunk count exceeds what follows: count=" + count);
        }
        MemorySegment ids = in.slice((long) count * ChunkId.BYTES);
        int[] slots = new int[count];
        begin();
        for (int i = 0; i < count; i++) {
            slots[i] = readRow(in, table, packs, ids, (long) i * ChunkId.BYTES);
        }
        return slots;
    }

    private int readPacks(ByteReader in, ChunkTable table, int maxChunks) {
        int packs = in.varint(maxChunks);
        if (packs > in.remaining()) {
            throw in.corrupt("pack count exceeds what follows: count=" + packs);
        }
        reserve(packs);
        @Nullable SessionId owner = null;
        for (int number = 0; number < packs; number++) {
            long head = in.varlong();
            if (head >>> 34 != 0) {
                throw in.corrupt("pack counter out of range");
            }
            if ((head & SAME_OWNER) == 0) {
                owner = in.sessionId();
            } else if (owner == null) {
                throw in.corrupt("first pack without owner");
            }
            packSlots[number] =
                    table.addPack(new PackId(owner, (int) (head >>> 2)), (head & METADATA) != 0);
        }
        return packs;
    }

    private int readRow(
            ByteReader in, ChunkTable table, int packs, MemorySegment ids, long idOffset) {
        int control = in.u8();
        boolean samePack = (control & SAME_PACK) != 0;
        boolean sameRecord = (control & SAME_RECORD) != 0;
        boolean alone = (control & ALONE) != 0;
        int pack = samePack ? lastPack : in.varint();
        boolean known = !sameRecord || (samePack && sealed > 0);
        if ((control & ~CONTROL_BITS) != 0 || pack >= packs || !known || isNone(ids, idOffset)) {
            throw in.corrupt("chunk row malformed: control=" + control + " pack=" + pack);
        }
        if (!sameRecord) {
            ordinal = inRange(in, nextOrdinal[pack] + readSigned(in), "ordinal");
            offset = inRange(in, nextOffset[pack] + readSigned(in), "record offset");
            sealed = in.varint();
            plain = alone ? 0 : in.varint();
        }
        int plainOffset = 0;
        if (!alone) {
            long base = sameRecord ? chunkEnd + readSigned(in) : in.varint();
            plainOffset = inRange(in, base, "chunk offset");
        }
        int unit = (control & LEAVES) != 0 ? Regions.LEAF_BYTES : 1;
        int length = inRange(in, (long) in.varint() * unit, "chunk length");
        plain = alone && !sameRecord ? length : plain;
        boolean whole = !alone || length == plain;
        if (sealed == 0 || length == 0 || plainOffset > plain - length || !whole) {
            throw in.corrupt("chunk exceeds its record: length=" + length + " record=" + plain);
        }
        int slot =
                table.add(
                        packSlots[pack],
                        ordinal,
                        offset,
                        sealed,
                        plain,
                        plainOffset,
                        length,
                        ids,
                        idOffset);
        endRow(pack, plainOffset, length);
        return slot;
    }

    private static boolean isNone(MemorySegment ids, long offset) {
        long any = 0;
        for (long at = offset; at < offset + ChunkId.BYTES; at += 8) {
            any |= ids.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
        }
        return any == 0;
    }

    private static int inRange(ByteReader in, long value, String what) {
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw in.corrupt(what + " out of range: value=" + value);
        }
        return (int) value;
    }

    /// Writes one reference as a list of its own.
    void writeOne(ByteWriter out, ChunkRef ref) {
        ChunkTable table = new ChunkTable();
        write(out, table, new int[] {table.add(ref)}, 1);
    }

    ChunkRef readOne(ByteReader in) {
        ChunkTable table = new ChunkTable();
        int[] slots = read(in, table, 1);
        if (slots.length != 1) {
            throw in.corrupt("reference missing");
        }
        return table.ref(slots[0]);
    }

    private void begin() {
        Arrays.fill(nextOrdinal, 0);
        Arrays.fill(nextOffset, 0);
        lastPack = 0;
        sealed = 0;
        chunkEnd = 0;
    }

    private void endRow(int pack, int plainOffset, int length) {
        lastPack = pack;
        nextOrdinal[pack] = ordinal + 1L;
        nextOffset[pack] = (long) offset + sealed;
        chunkEnd = (long) plainOffset + length;
    }

    private void reserve(int packs) {
        if (packNumbers.length < packs) {
            int size = Math.max(packs, 2 * packNumbers.length);
            packNumbers = new int[size];
            packSlots = new int[size];
            nextOrdinal = new long[size];
            nextOffset = new long[size];
        }
    }

    private static void writeSigned(ByteWriter out, long value) {
        out.varlong(value << 1 ^ value >> 63);
    }

    private static long readSigned(ByteReader in) {
        long zigzag = in.varlong();
        return zigzag >>> 1 ^ -(zigzag & 1);
    }
}
