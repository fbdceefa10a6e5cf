package io.godwit.volume;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ByteReader;
import io.godwit.format.ByteWriter;
import io.godwit.pack.ChunkRef;
import java.lang.foreign.MemorySegment;

/// The bytes of a node of a volume's tree.
///
/// | field | type | notes |
/// |---|---|---|
/// | kind | u8 | 0x4e |
/// | version | u8 | 1 |
/// | flags | u8 | 0; a flag that a reader does not know means that the node is too new |
/// | level | u8 | 1: children are pages; 2 to 6: children are nodes of the level below |
/// | present | 2 x u64 | bit `n` of word `n / 64`: child `n` is there; at least one is |
/// | children | [ChunkTableFormat] | one reference for each bit, in order |
/// | contents | 32 bytes each | content digests, in the same order |
///
/// Levels are counted from below, so that a volume that grows keeps its nodes and gets others above
/// them. A full node is about 10 KiB. Written by [TreeWriter], reused by one thread.
final class NodeFormat {
    static final int KIND = 0x4e;
    static final int VERSION = 1;

    /// 128 regions to the power of 6 is more than any size in 63 bits.
    static final int MAX_LEVEL = 6;

    /// A full node of children in 128 packs of 128 sessions is under 16 KiB.
    static final int MAX_BYTES = 32 << 10;

    private final ChunkTableFormat tables = new ChunkTableFormat();
    private final ChunkTable table = new ChunkTable();
    private final int[] slots = new int[Regions.FAN_OUT];
    private final MemorySegment digest = MemorySegment.ofArray(new byte[ContentDigest.BYTES]);

    void write(TreeNode node, ByteWriter out) {
        table.clear();
        long[] present = new long[Regions.FAN_OUT / Long.SIZE];
        int count = 0;
        for (int child = 0; child < Regions.FAN_OUT; child++) {
            ChunkRef chunk = node.chunk(child);
            if (chunk != null) {
                present[child / Long.SIZE] |= 1L << child;
                slots[count++] = table.add(chunk);
            }
        }
        if (count == 0) {
            throw new IllegalArgumentException("a node without children is absent");
        }
        out.u8(KIND).u8(VERSION).u8(0).u8(node.level()).u64(present[0]).u64(present[1]);
        tables.write(out, table, slots, count);
        for (int child = 0; child < Regions.FAN_OUT; child++) {
            ContentDigest content = node.content(child);
            if (content != null) {
                content.write(digest, 0);
                out.bytes(digest, 0, ContentDigest.BYTES);
            }
        }
    }

    TreeNode read(ByteReader in) {
        FormatVersion.require(in, KIND, VERSION, "node");
        int level = in.u8();
        long[] present = {in.u64(), in.u64()};
        int count = Long.bitCount(present[0]) + Long.bitCount(present[1]);
        if (level == 0 || level > MAX_LEVEL || count == 0) {
            throw in.corrupt("node malformed: level=" + level + " children=" + count);
        }
        table.clear();
        int[] read = tables.read(in, table, Regions.FAN_OUT);
        if (read.length != count) {
            throw in.corrupt("node has the wrong number of references: count=" + read.length);
        }
        MemorySegment contents = in.slice((long) count * ContentDigest.BYTES);
        in.end();
        TreeNode node = new TreeNode(level);
        int next = 0;
        for (int child = 0; child < Regions.FAN_OUT; child++) {
            if ((present[child / Long.SIZE] >>> child & 1) != 0) {
                ContentDigest content =
                        ContentDigest.read(contents, (long) next * ContentDigest.BYTES);
                node.set(child, table.ref(read[next++]), content);
            }
        }
        return node;
    }

    /// Reads the node that a reference names, which must be of this level.
    TreeNode read(RecordSource source, NodeRef ref, int level) {
        String name = "node " + ref.chunk().id();
        if (ref.chunk().length() > MAX_BYTES) {
            throw corrupt("node too long: length=" + ref.chunk().length(), name);
        }
        TreeNode node = read(new ByteReader(source.read(ref.chunk()), name));
        if (node.level() != level) {
            throw corrupt("node of another level: level=" + node.level() + " in=" + level, name);
        }
        return node;
    }

    static GodwitException corrupt(String message, String name) {
        return new GodwitException(FailureKind.CORRUPT, message + " object=" + name)
                .withObject(name);
    }
}
