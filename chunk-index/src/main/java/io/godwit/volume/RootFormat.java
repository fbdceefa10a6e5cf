package io.godwit.volume;

import io.godwit.error.GodwitException;
import io.godwit.format.ByteReader;
import io.godwit.format.ByteWriter;
import io.godwit.pack.ChunkRef;
import java.lang.foreign.MemorySegment;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The bytes of a snapshot's root.
///
/// | field | type | notes |
/// |---|---|---|
/// | kind | u8 | 0x52 |
/// | version | u8 | 1 |
/// | flags | u8 | 0; a flag that a reader does not know means that the root is too new |
/// | volume key | string | 26 letters |
/// | volume name | string | 1-1024 bytes |
/// | size | u64 | of the volume in bytes |
/// | block size | varint | |
/// | grain | u8 | log2 of the bytes in a unit: 12, or 0 |
/// | grid phase | varint | 0 |
/// | chunker | string | |
/// | driver, volume handle, change id, file system | 4 strings | |
/// | parent | u8, 16 bytes | 0 and nothing, or 1 and the snapshot's id |
/// | created | u64, varint | seconds since 1970 (signed), nanoseconds |
/// | changed, new, stored | 3 varlongs | bytes |
/// | tags | varint, pairs of strings | in the order of keys |
/// | tree | u8, [ChunkTableFormat], 32 bytes | 0 and nothing, or 1, the top node and its content digest |
/// | attachments | varint, rows | kind varint, one reference ([ChunkTableFormat]) |
/// | sections | until the end | id varint, length varint, bytes; readers skip ids they do not know |
///
/// Strings are a varint length and UTF-8.
public final class RootFormat {
    /// No root is longer: names, facts, tags and attachments at their limits take under 64 KiB.
    public static final int MAX_BYTES = 128 << 10;

    static final int KIND = 0x52;
    static final int VERSION = 1;

    private static final int SNAPSHOT_ID_BYTES = 16;
    private static final int MAX_TAGS = Root.MAX_TAG_BYTES;
    private static final int NANOS = 1_000_000_000;

    private RootFormat() {}

    public static byte[] encode(Root root) {
        ByteWriter out = new ByteWriter();
        out.u8(KIND).u8(VERSION).u8(0);
        out.string(root.key().value()).string(root.name().value()).u64(root.volumeBytes());
        out.varint(root.blockBytes()).u8(Integer.numberOfTrailingZeros(root.grain()));
        out.varint(root.gridPhase()).string(root.chunker());
        SourceOrigin origin = root.origin();
        out.string(origin.driver()).string(origin.volumeHandle());
        out.string(origin.changeId()).string(origin.fileSystem());
        out.u8(root.parent().isEmpty() ? 0 : 1).bytes(HexFormat.of().parseHex(root.parent()));
        Instant created = root.created();
        out.u64(created.getEpochSecond()).varint(created.getNano());
        RunStatistics statistics = root.statistics();
        out.varlong(statistics.changedBytes()).varlong(statistics.newBytes());
        out.varlong(statistics.storedBytes());
        out.varint(root.tags().size());
        root.tags().forEach((key, value) -> out.string(key).string(value));
        writeRefs(root, out);
        return out.toByteArray();
    }

    private static void writeRefs(Root root, ByteWriter out) {
        ChunkTableFormat tables = new ChunkTableFormat();
        Optional<NodeRef> top = root.tree().top();
        out.u8(top.isPresent() ? 1 : 0);
        top.ifPresent(
                node -> {
                    tables.writeOne(out, node.chunk());
                    MemorySegment digest = MemorySegment.ofArray(new byte[ContentDigest.BYTES]);
                    node.content().write(digest, 0);
                    out.bytes(digest, 0, ContentDigest.BYTES);
                });
        out.varint(root.attachments().size());
        for (Attachment attachment : root.attachments()) {
            out.varint(attachment.kind());
            tables.writeOne(out, attachment.chunk());
        }
    }

    /// Reads the root that a catalogue entry refers to.
    public static Root read(RecordSource source, ChunkRef ref) {
        String object = "root " + ref.id();
        if (ref.length() > MAX_BYTES) {
            throw NodeFormat.corrupt("root too long: length=" + ref.length(), object);
        }
        return decode(source.read(ref), object);
    }

    /// Reads a root's bytes.
    ///
    /// @param object what failures name
    public static Root decode(MemorySegment bytes, String object) {
        ByteReader in = new ByteReader(bytes, object);
        FormatVersion.require(in, KIND, VERSION, "root");
        try {
            Root root = readFields(in);
            while (in.remaining() > 0) {
                in.varint();
                in.skip(in.varint());
            }
            return root;
        } catch (IllegalArgumentException | DateTimeException e) {
            throw in.corrupt("root malformed: " + e.getMessage());
        }
    }

    private static Root readFields(ByteReader in) {
        VolumeKey key = new VolumeKey(in.string(VolumeName.MAX_BYTES));
        VolumeName name = readName(in);
        long size = in.u64();
        int blockBytes = in.varint();
        int grain = 1 << in.u8();
        int gridPhase = in.varint();
        String chunker = in.string(Root.MAX_CHUNKER_BYTES);
        SourceOrigin origin =
                new SourceOrigin(readFact(in), readFact(in), readFact(in), readFact(in));
        String parent = readFlag(in) ? HexFormat.of().formatHex(in.bytes(SNAPSHOT_ID_BYTES)) : "";
        Instant created = Instant.ofEpochSecond(in.u64(), in.varint(NANOS - 1));
        RunStatistics statistics = new RunStatistics(in.varlong(), in.varlong(), in.varlong());
        SortedMap<String, String> tags = readTags(in);
        VolumeTree tree = new VolumeTree(size, readTop(in));
        return new Root(
                key,
                name,
                tree,
                blockBytes,
                grain,
                gridPhase,
                chunker,
                origin,
                parent,
                created,
                statistics,
                tags,
                readAttachments(in));
    }

    private static VolumeName readName(ByteReader in) {
        String name = in.string(VolumeName.MAX_BYTES);
        try {
            return new VolumeName(name);
        } catch (GodwitException e) {
            throw in.corrupt(e.getMessage() + " in=root");
        }
    }

    private static String readFact(ByteReader in) {
        return in.string(SourceOrigin.MAX_FACT_BYTES);
    }

    private static boolean readFlag(ByteReader in) {
        int flag = in.u8();
        if (flag > 1) {
            throw in.corrupt("neither there nor absent: flag=" + flag);
        }
        return flag == 1;
    }

    private static SortedMap<String, String> readTags(ByteReader in) {
        int count = in.varint(MAX_TAGS);
        SortedMap<String, String> tags = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            String key = in.string(Root.MAX_TAG_BYTES);
            if (tags.put(key, in.string(Root.MAX_TAG_BYTES)) != null) {
                throw in.corrupt("tag given twice");
            }
        }
        return tags;
    }

    private static Optional<NodeRef> readTop(ByteReader in) {
        if (!readFlag(in)) {
            return Optional.empty();
        }
        ChunkRef chunk = new ChunkTableFormat().readOne(in);
        MemorySegment digest = in.slice(ContentDigest.BYTES);
        return Optional.of(new NodeRef(chunk, ContentDigest.read(digest, 0)));
    }

    private static List<Attachment> readAttachments(ByteReader in) {
        int count = in.varint(Root.MAX_ATTACHMENTS);
        ChunkTableFormat tables = new ChunkTableFormat();
        List<Attachment> attachments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            attachments.add(new Attachment(in.varint(), tables.readOne(in)));
        }
        return attachments;
    }
}
