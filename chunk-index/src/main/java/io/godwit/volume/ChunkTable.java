package io.godwit.volume;

import io.godwit.chunk.ChunkId;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.RecordRef;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Chunk references as columns: what a map's extents or a node's children point to, by *slot*.
///
/// Packs are held once each. A reference that is there already keeps its slot; the same chunk in
/// another place is another slot, because a place may be given up (its pack condemned) while the
/// other stays good. Reused by one thread: [#clear] keeps the arrays.
public final class ChunkTable {
    private static final ValueLayout.OfLong WORD =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(java.nio.ByteOrder.BIG_ENDIAN);

    /// Columns of a row, side by side: a row is read whole.
    private static final int COLUMNS = 7;

    private static final int PACK = 0;
    private static final int ORDINAL = 1;
    private static final int OFFSET = 2;
    private static final int SEALED = 3;
    private static final int PLAIN = 4;
    private static final int PLAIN_OFFSET = 5;
    private static final int LENGTH = 6;

    private static final int ID_WORDS = 4;

    private int[] rows = new int[64 * COLUMNS];
    private long[] ids = new long[64 * ID_WORDS];
    private int count;

    private PackId[] packs = new PackId[8];
    private boolean[] metadata = new boolean[8];
    private int packCount;

    /// Open addressing, slot + 1 or 0. Ids are keyed digests: their first word needs no further
    /// mixing.
    private int[] slotIndex = new int[128];

    private int[] packIndex = new int[16];

    public void clear() {
        count = 0;
        packCount = 0;
        Arrays.fill(packs, null);
        Arrays.fill(slotIndex, 0);
        Arrays.fill(packIndex, 0);
    }

    /// How many slots there are.
    public int count() {
        return count;
    }

    /// The slot of a reference, new or known.
    public int add(ChunkRef ref) {
        RecordRef record = ref.record();
        writeRow(
                addPack(record.pack(), record.metadata()),
                record.ordinal(),
                record.offset(),
                record.sealedLength(),
                record.plainLength(),
                ref.plainOffset(),
                ref.length());
        int at = count * ID_WORDS;
        ids[at] = ref.id().word0();
        ids[at + 1] = ref.id().word1();
        ids[at + 2] = ref.id().word2();
        ids[at + 3] = ref.id().word3();
        return keepUnlessKnown();
    }

    /// The slot here of what stands in a slot of another table.
    int addFrom(ChunkTable other, int slot) {
        int pack = other.packOf(slot);
        writeRow(
                addPack(other.pack(pack), other.isMetadata(pack)),
                other.ordinal(slot),
                other.offset(slot),
                other.sealedLength(slot),
                other.plainLength(slot),
                other.plainOffset(slot),
                other.length(slot));
        System.arraycopy(other.ids, slot * ID_WORDS, ids, count * ID_WORDS, ID_WORDS);
        return keepUnlessKnown();
    }

    /// The slot of a reference into a pack given by its number in this table, checked by the
    /// caller; its id stands as [ChunkId#write] writes it, so that pages are read without an object
    /// for each chunk.
    int add(
            int pack,
            int ordinal,
            int offset,
            int sealedLength,
            int plainLength,
            int plainOffset,
            int length,
            MemorySegment id,
            long idOffset) {
        writeRow(pack, ordinal, offset, sealedLength, plainLength, plainOffset, length);
        int at = count * ID_WORDS;
        for (int word = 0; word < ID_WORDS; word++) {
            ids[at + word] = id.get(WORD, idOffset + 8L * word);
        }
        return keepUnlessKnown();
    }

    /// Writes the columns of the row behind the last one; who calls writes its id.
    private void writeRow(
            int pack,
            int ordinal,
            int offset,
            int sealedLength,
            int plainLength,
            int plainOffset,
            int length) {
        int row = count * COLUMNS;
        if (row == rows.length) {
            rows = Arrays.copyOf(rows, 2 * row);
            ids = Arrays.copyOf(ids, 2 * ids.length);
        }
        rows[row + PACK] = pack;
        rows[row + ORDINAL] = ordinal;
        rows[row + OFFSET] = offset;
        rows[row + SEALED] = sealedLength;
        rows[row + PLAIN] = plainLength;
        rows[row + PLAIN_OFFSET] = plainOffset;
        rows[row + LENGTH] = length;
    }

    /// Counts the row written behind the last one, or forgets it when there is one like it.
    private int keepUnlessKnown() {
        int mask = slotIndex.length - 1;
        int probe = (int) ids[count * ID_WORDS] & mask;
        while (slotIndex[probe] != 0) {
            int slot = slotIndex[probe] - 1;
            if (sameRow(slot, count)) {
                return slot;
            }
            probe = (probe + 1) & mask;
        }
        slotIndex[probe] = ++count;
        if (2 * count > slotIndex.length) {
            rehashSlots();
        }
        return count - 1;
    }

    private boolean sameRow(int one, int other) {
        return sameId(one, other)
                && Arrays.equals(
                        rows,
                        one * COLUMNS,
                        (one + 1) * COLUMNS,
                        rows,
                        other * COLUMNS,
                        (other + 1) * COLUMNS);
    }

    private void rehashSlots() {
        slotIndex = new int[2 * slotIndex.length];
        int mask = slotIndex.length - 1;
        for (int slot = 0; slot < count; slot++) {
            int probe = (int) ids[slot * ID_WORDS] & mask;
            while (slotIndex[probe] != 0) {
                probe = (probe + 1) & mask;
            }
            slotIndex[probe] = slot + 1;
        }
    }

    /// The number of a pack in this table, new or known.
    int addPack(PackId pack, boolean isMetadata) {
        int mask = packIndex.length - 1;
        int probe = packHash(pack) & mask;
        while (packIndex[probe] != 0) {
            int known = packIndex[probe] - 1;
            if (metadata[known] == isMetadata && packs[known].equals(pack)) {
                return known;
            }
            probe = (probe + 1) & mask;
        }
        if (packCount == packs.length) {
            packs = Arrays.copyOf(packs, 2 * packCount);
            metadata = Arrays.copyOf(metadata, 2 * packCount);
        }
        packs[packCount] = pack;
        metadata[packCount] = isMetadata;
        packIndex[probe] = ++packCount;
        if (2 * packCount > packIndex.length) {
            rehashPacks();
        }
        return packCount - 1;
    }

    private void rehashPacks() {
        packIndex = new int[2 * packIndex.length];
        int mask = packIndex.length - 1;
        for (int pack = 0; pack < packCount; pack++) {
            int probe = packHash(packs[pack]) & mask;
            while (packIndex[probe] != 0) {
                probe = (probe + 1) & mask;
            }
            packIndex[probe] = pack + 1;
        }
    }

    private static int packHash(PackId pack) {
        return Long.hashCode(pack.owner().randomHigh()) + pack.counter();
    }

    void copyFrom(ChunkTable other) {
        rows = other.rows.length > rows.length ? new int[other.rows.length] : rows;
        ids = other.ids.length > ids.length ? new long[other.ids.length] : ids;
        System.arraycopy(other.rows, 0, rows, 0, other.count * COLUMNS);
        System.arraycopy(other.ids, 0, ids, 0, other.count * ID_WORDS);
        count = other.count;
        packCount = other.packCount;
        if (packs.length < packCount) {
            packs = new PackId[other.packs.length];
            metadata = new boolean[other.packs.length];
        }
        Arrays.fill(packs, null);
        System.arraycopy(other.packs, 0, packs, 0, packCount);
        System.arraycopy(other.metadata, 0, metadata, 0, packCount);
        slotIndex = copied(other.slotIndex, slotIndex);
        packIndex = copied(other.packIndex, packIndex);
    }

    private static int[] copied(int[] source, int[] target) {
        int[] copy = target.length == source.length ? target : new int[source.length];
        System.arraycopy(source, 0, copy, 0, source.length);
        return copy;
    }

    /// A slot's reference as an object.
    public ChunkRef ref(int slot) {
        int row = rowOf(slot);
        return new ChunkRef(
                id(slot),
                new RecordRef(
                        packs[rows[row + PACK]],
                        metadata[rows[row + PACK]],
                        rows[row + ORDINAL],
                        rows[row + OFFSET],
                        rows[row + SEALED],
                        rows[row + PLAIN]),
                rows[row + PLAIN_OFFSET],
                rows[row + LENGTH]);
    }

    public ChunkId id(int slot) {
        int at = rowOf(slot) / COLUMNS * ID_WORDS;
        return new ChunkId(ids[at], ids[at + 1], ids[at + 2], ids[at + 3]);
    }

    /// Writes a slot's chunk id, 32 bytes.
    public void writeId(int slot, MemorySegment target, long offset) {
        int at = rowOf(slot) / COLUMNS * ID_WORDS;
        for (int word = 0; word < ID_WORDS; word++) {
            target.set(WORD, offset + 8L * word, ids[at + word]);
        }
    }

    /// One of the four big-endian words of a slot's chunk id.
    public long idWord(int slot, int word) {
        return ids[slot * ID_WORDS + word];
    }

    /// Whether two slots hold the same chunk, wherever it is stored.
    public boolean sameId(int one, int other) {
        return sameId(one, this, other);
    }

    boolean sameId(int slot, ChunkTable other, int otherSlot) {
        int a = slot * ID_WORDS;
        int b = otherSlot * ID_WORDS;
        return ids[a] == other.ids[b]
                && ids[a + 1] == other.ids[b + 1]
                && ids[a + 2] == other.ids[b + 2]
                && ids[a + 3] == other.ids[b + 3];
    }

    /// Whether two slots hold the same chunk in the same place.
    boolean sameRef(int slot, ChunkTable other, int otherSlot) {
        int a = slot * COLUMNS;
        int b = otherSlot * COLUMNS;
        return sameId(slot, other, otherSlot)
                && Arrays.equals(rows, a + 1, a + COLUMNS, other.rows, b + 1, b + COLUMNS)
                && metadata[rows[a]] == other.metadata[other.rows[b]]
                && packs[rows[a]].equals(other.packs[other.rows[b]]);
    }

    /// How many packs the slots lie in.
    public int packCount() {
        return packCount;
    }

    /// A pack by its number in this table.
    public PackId pack(int number) {
        if (number >= packCount) {
            throw new IndexOutOfBoundsException("no such pack: number=" + number);
        }
        return packs[number];
    }

    /// Whether a pack, by its number in this table, lies under `m/`.
    public boolean isMetadata(int number) {
        return metadata[number];
    }

    /// The number of the pack that a slot lies in.
    public int packOf(int slot) {
        return rows[rowOf(slot) + PACK];
    }

    public int ordinal(int slot) {
        return rows[rowOf(slot) + ORDINAL];
    }

    public int offset(int slot) {
        return rows[rowOf(slot) + OFFSET];
    }

    public int sealedLength(int slot) {
        return rows[rowOf(slot) + SEALED];
    }

    public int plainLength(int slot) {
        return rows[rowOf(slot) + PLAIN];
    }

    public int plainOffset(int slot) {
        return rows[rowOf(slot) + PLAIN_OFFSET];
    }

    /// A slot's chunk in bytes.
    public int length(int slot) {
        return rows[rowOf(slot) + LENGTH];
    }

    /// Has slots name the places where their chunks lie now; the chunks stay the same. Whether any
    /// did.
    boolean relocate(Relocation relocation) {
        boolean changed = false;
        int before = packCount;
        for (int pack = 0; pack < before; pack++) {
            if (relocation.moved(packs[pack])) {
                changed |= relocate(pack, relocation);
            }
        }
        return changed;
    }

    private boolean relocate(int pack, Relocation relocation) {
        boolean changed = false;
        for (int slot = 0; slot < count; slot++) {
            int row = slot * COLUMNS;
            if (rows[row + PACK] == pack) {
                ChunkRef found = relocation.locate(ref(slot));
                RecordRef record = found.record();
                int target = addPack(record.pack(), record.metadata());
                rows[row + PACK] = target;
                rows[row + ORDINAL] = record.ordinal();
                rows[row + OFFSET] = record.offset();
                rows[row + SEALED] = record.sealedLength();
                rows[row + PLAIN] = record.plainLength();
                rows[row + PLAIN_OFFSET] = found.plainOffset();
                changed |= target != pack;
            }
        }
        return changed;
    }

    private int rowOf(int slot) {
        if (slot < 0 || slot >= count) {
            throw new IndexOutOfBoundsException("no such slot: slot=" + slot + " count=" + count);
        }
        return slot * COLUMNS;
    }
}
