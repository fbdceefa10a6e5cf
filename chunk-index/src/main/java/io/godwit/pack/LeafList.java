package io.godwit.pack;

import io.godwit.digest.LeafHasher;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The leaf digests of a pack's data chunks, cut to 16 bytes: what a later run compares a volume
/// with.
///
/// A view over the plain bytes of the pack's leaf-list record, which may be a cache's memory:
/// nothing is copied.
///
/// | at | bytes | field |
/// |---|---|---|
/// | 0 | 4 | number of chunks n |
/// | 4 | 4 | number of leaves |
/// | 8 + 16 i | 4 | ordinal of chunk i's record |
/// | 12 + 16 i | 4 | offset of chunk i in the record's plain bytes |
/// | 16 + 16 i | 4 | number of its leaves |
/// | 20 + 16 i | 4 | its first leaf in the list |
/// | 8 + 16 n + 16 j | 16 | digest of leaf j |
///
/// Chunks are sorted by (ordinal, offset). Leaves are counted from the chunk's start; the last may
/// be short.
public final class LeafList {
    public static final int DIGEST_BYTES = 16;

    static final int HEAD_BYTES = 8;
    static final int ENTRY_BYTES = 16;

    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment content;
    private final int chunks;
    private final int leaves;
    private final long digestsAt;

    private LeafList(MemorySegment content, int chunks, int leaves) {
        this.content = content;
        this.chunks = chunks;
        this.leaves = leaves;
        this.digestsAt = HEAD_BYTES + (long) ENTRY_BYTES * chunks;
    }

    /// Views the content of a leaf-list record.
    ///
    /// @param name of the pack or cache, for failures
    /// @throws GodwitException `CORRUPT` when the index is not one
    public static LeafList of(MemorySegment content, String name) {
        if (content.byteSize() < HEAD_BYTES) {
            throw corrupt(name);
        }
        int chunks = content.get(INT, 0);
        int leaves = content.get(INT, 4);
        long size = HEAD_BYTES + (long) ENTRY_BYTES * chunks + (long) DIGEST_BYTES * leaves;
        if (chunks < 0 || leaves < 0 || size != content.byteSize()) {
            throw corrupt(name);
        }
        LeafList list = new LeafList(content, chunks, leaves);
        for (int i = 0; i < chunks; i++) {
            if (list.firstLeaf(i) < 0
                    || list.leafCount(i) <= 0
                    || list.leafCount(i) > leaves - list.firstLeaf(i)
                    || (i > 0 && list.compare(i - 1, list.ordinal(i), list.plainOffset(i)) >= 0)) {
                throw corrupt(name);
            }
        }
        return list;
    }

    public int chunkCount() {
        return chunks;
    }

    public int leafCount() {
        return leaves;
    }

    /// The entry of the chunk that stands there, or -1.
    public int find(int ordinal, int plainOffset) {
        int low = 0;
        int high = chunks - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = compare(middle, ordinal, plainOffset);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    public int ordinal(int entry) {
        return content.get(INT, at(entry));
    }

    public int plainOffset(int entry) {
        return content.get(INT, at(entry) + 4);
    }

    /// How many leaves the chunk has.
    public int leafCount(int entry) {
        return content.get(INT, at(entry) + 8);
    }

    private int firstLeaf(int entry) {
        return content.get(INT, at(entry) + 12);
    }

    /// Copies the digests of `count` leaves of the chunk from its leaf `skip` on, 16 bytes each.
    public void copyDigests(int entry, int skip, int count, MemorySegment target, long offset) {
        if (skip < 0 || count < 0 || count > leafCount(entry) - skip) {
            throw new IndexOutOfBoundsException("leaves out of range: " + skip + " " + count);
        }
        long from = digestsAt + (long) DIGEST_BYTES * (firstLeaf(entry) + skip);
        MemorySegment.copy(content, from, target, offset, (long) DIGEST_BYTES * count);
    }

    /// The bytes that this is a view of, fit to be kept in a cache and viewed again.
    public MemorySegment content() {
        return content;
    }

    /// How many leaves a chunk of so many bytes has.
    public static int leavesOf(int chunkLength) {
        return Math.ceilDiv(chunkLength, LeafHasher.LEAF_BYTES);
    }

    private int compare(int entry, int ordinal, int plainOffset) {
        int order = Integer.compare(ordinal(entry), ordinal);
        return order == 0 ? Integer.compare(plainOffset(entry), plainOffset) : order;
    }

    private static long at(int entry) {
        return HEAD_BYTES + (long) ENTRY_BYTES * entry;
    }

    private static GodwitException corrupt(String name) {
        return new GodwitException(FailureKind.CORRUPT, "leaf list malformed: object=" + name)
                .withObject(name);
    }
}
