package io.godwit.format;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Both ends of every object: the one class that writes and reads headers and footers.
///
/// Integers are little-endian, ids big-endian. The layout of header and footer is for ever; what
/// lies between them changes with the version of the kind.
///
/// | header at | bytes | field |
/// |---|---|---|
/// | 0 | 8 | magic `89 47 4f 44 57 49 54 0a` |
/// | 8 | 2 | kind ([ObjectKind]) |
/// | 10 | 2 | version of the kind's content |
/// | 12 | 4 | length of the header, checksum included |
/// | 16 | 8 | incompatible feature bits |
/// | 24 | 8 | compatible feature bits |
/// | 32 | 16 | repository id |
/// | 48 | 2 | suite |
/// | 50 | 1 | key kind ([KeyKind]) |
/// | 51 | 1 | 0 |
/// | 52 | 4 | domain |
/// | 56 | 4 | generation |
/// | 60 | 2 | length of the key blob, 0 in version 1 |
/// | 62 | 2 | number of sections |
/// | 64 | | key blob; then per section tag u16, length u16, bytes |
/// | end-4 | 4 | CRC-32C of the header before it |
///
/// | footer at | bytes | field |
/// |---|---|---|
/// | end-16 | 8 | length of the object, footer included |
/// | end-8 | 8 | XXH3-64 of all bytes before it |
///
/// Three refusals, in the order of the checks: `CORRUPT` (not our magic, header checksum),
/// `INVALID` too new or too old (version, incompatible bits, suite, key kind), `CORRUPT` (footer,
/// kind, repository).
public final class ObjectFormat {
    /// BLAKE3-keyed ids, HKDF-SHA256, AES-256-GCM.
    public static final int SUITE_1 = 1;

    public static final int FOOTER_BYTES = 16;
    public static final int FIXED_HEADER_BYTES = 64;

    /// No header is longer: a reader that fetches this much has it whole.
    public static final int MAX_HEADER_BYTES = 1 << 16;

    static final int HEADER_CHECKSUM_BYTES = 4;
    static final int SECTION_HEAD_BYTES = 4;
    static final byte[] MAGIC = {(byte) 0x89, 'G', 'O', 'D', 'W', 'I', 'T', '\n'};

    private static final int SHORTEST_HEADER = FIXED_HEADER_BYTES + HEADER_CHECKSUM_BYTES;
    private static final int LENGTH_AT = 12;
    private static final long KNOWN_INCOMPATIBLE = 0;
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private ObjectFormat() {}

    /// An object of which both ends are good.
    ///
    /// @param body what lies between header and footer, as a view
    /// @param headerBytes the header as it stands, as a view; part of what seals authenticate
    public record Opened(ObjectHeader header, MemorySegment headerBytes, MemorySegment body) {}

    public static void writeHeader(ByteWriter writer, ObjectHeader header) {
        if (header.length() > MAX_HEADER_BYTES) {
            throw new IllegalArgumentException("header too long: " + header.length());
        }
        long start = writer.size();
        writer.bytes(MAGIC).u16(header.kind().code()).u16(header.version()).u32(header.length());
        writer.u64(header.incompatible()).u64(header.compatible());
        writer.repositoryId(header.repository()).u16(header.suite());
        writer.u8(header.keyKind().code()).u8(0);
        writer.u32(header.domain()).u32(header.generation());
        writer.u16(0).u16(header.sections().size());
        for (Section section : header.sections()) {
            writer.u16(section.tag()).u16(section.length()).bytes(section.content());
        }
        writer.u32(Checksum.crc32c(writer.written(), start, writer.size() - start) & 0xffff_ffffL);
    }

    /// Ends the object that is all of what `writer` holds.
    public static void writeFooter(ByteWriter writer) {
        writer.u64(writer.size() + FOOTER_BYTES);
        writer.u64(Checksum.xxh3(writer.written(), 0, writer.size()));
    }

    /// Header, body and footer in one.
    public static byte[] write(ObjectHeader header, MemorySegment body) {
        long length = header.length() + body.byteSize() + FOOTER_BYTES;
        byte[] object = new byte[Math.toIntExact(length)];
        ByteWriter writer = new ByteWriter(MemorySegment.ofArray(object));
        writeHeader(writer, header);
        writer.bytes(body, 0, body.byteSize());
        writeFooter(writer);
        return object;
    }

    /// Checks a whole object of which the kind is known.
    ///
    /// @param name for messages
    public static Opened open(ObjectKind kind, String name, MemorySegment object) {
        ObjectHeader header = readHeader(kind, name, object);
        checkFooter(name, object);
        long length = header.length();
        return new Opened(
                header,
                object.asSlice(0, length),
                object.asSlice(length, object.byteSize() - FOOTER_BYTES - length));
    }

    /// Reads a header from the start of an object's bytes, which need not be all of it.
    public static ObjectHeader readHeader(ObjectKind kind, String name, MemorySegment start) {
        ObjectHeader header = readHeader(name, start);
        if (header.kind() != kind) {
            throw corrupt(
                    name,
                    8,
                    "object is of another kind: %s is not %s".formatted(header.kind(), kind));
        }
        return header;
    }

    /// Reads a header of any kind: for what walks a store without expecting anything, as scrub
    /// does.
    public static ObjectHeader readHeader(String name, MemorySegment start) {
        int length = checkedHeaderLength(name, start);
        ByteReader reader = new ByteReader(start.asSlice(0, length - HEADER_CHECKSUM_BYTES), name);
        reader.skip(MAGIC.length);
        int kindCode = reader.u16();
        int version = reader.u16();
        reader.skip(4);
        long incompatible = reader.u64();
        long compatible = reader.u64();
        RepositoryId repository = reader.repositoryId();
        int suite = reader.u16();
        int keyKind = reader.u8();
        int reserved = reader.u8();
        ObjectKind kind = knownKind(name, kindCode);
        refuseForeign(name, kind, version, incompatible, suite, keyKind);
        int domain = (int) reader.u32();
        int generation = (int) reader.u32();
        int blob = reader.u16();
        int count = reader.u16();
        if (generation < 0 || blob != 0 || reserved != 0) {
            throw corrupt(name, 51, "header field out of range");
        }
        List<Section> sections = readSections(reader, count);
        return new ObjectHeader(
                kind,
                version,
                incompatible,
                compatible,
                repository,
                suite,
                domain,
                generation,
                keyKind == KeyKind.OWN.code() ? KeyKind.OWN : KeyKind.GENERATION,
                sections);
    }

    /// Compares length and XXH3 at the object's end with the object.
    public static void checkFooter(String name, MemorySegment object) {
        long size = object.byteSize();
        if (size < SHORTEST_HEADER + FOOTER_BYTES) {
            throw corrupt(name, 0, "object is too short: length=" + size);
        }
        long length = object.get(LONG, size - FOOTER_BYTES);
        if (length != size) {
            throw corrupt(
                    name,
                    size - FOOTER_BYTES,
                    "object length mismatch: written=%d found=%d".formatted(length, size));
        }
        long expected = object.get(LONG, size - 8);
        long actual = Checksum.xxh3(object, 0, size - 8);
        if (expected != actual) {
            throw corrupt(
                    name,
                    size - 8,
                    "object checksum mismatch: expected=%016x actual=%016x"
                            .formatted(expected, actual));
        }
    }

    private static int checkedHeaderLength(String name, MemorySegment start) {
        if (start.byteSize() < SHORTEST_HEADER) {
            throw corrupt(name, 0, "object is too short: length=" + start.byteSize());
        }
        if (MemorySegment.mismatch(
                        start, 0, MAGIC.length, MemorySegment.ofArray(MAGIC), 0, MAGIC.length)
                >= 0) {
            throw corrupt(name, 0, "not an object of godwit's");
        }
        int length = start.get(INT, LENGTH_AT);
        if (length < SHORTEST_HEADER || length > MAX_HEADER_BYTES || length > start.byteSize()) {
            throw corrupt(name, LENGTH_AT, "header length out of range: length=" + length);
        }
        int end = length - HEADER_CHECKSUM_BYTES;
        if (start.get(INT, end) != Checksum.crc32c(start, 0, end)) {
            throw corrupt(name, end, "header checksum mismatch");
        }
        return length;
    }

    private static List<Section> readSections(ByteReader reader, int count) {
        List<Section> sections = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int tag = reader.u16();
            byte[] content = reader.bytes(reader.u16());
            if (tag == 0) {
                throw reader.corrupt("section without a tag");
            }
            sections.add(new Section(tag, content));
        }
        reader.end();
        return sections;
    }

    private static ObjectKind knownKind(String name, int code) {
        for (ObjectKind kind : ObjectKind.values()) {
            if (kind.code() == code) {
                return kind;
            }
        }
        throw tooNew(name, "kind=" + code);
    }

    private static void refuseForeign(
            String name, ObjectKind kind, int version, long incompatible, int suite, int keyKind) {
        if (version > kind.version()) {
            throw tooNew(name, "version=%d known=%d".formatted(version, kind.version()));
        }
        if (version < kind.oldest()) {
            throw new GodwitException(
                            FailureKind.INVALID,
                            "object is too old for this godwit: object=%s version=%d oldest=%d"
                                    .formatted(name, version, kind.oldest()))
                    .withObject(name)
                    .withHint("use an older godwit that still reads it");
        }
        if ((incompatible & ~KNOWN_INCOMPATIBLE) != 0) {
            throw tooNew(name, "features=%x".formatted(incompatible));
        }
        if (suite != SUITE_1) {
            throw tooNew(name, "suite=" + suite);
        }
        if (keyKind != KeyKind.GENERATION.code() && keyKind != KeyKind.OWN.code()) {
            throw tooNew(name, "keyKind=" + keyKind);
        }
    }

    private static GodwitException tooNew(String name, String facts) {
        return new GodwitException(
                        FailureKind.INVALID,
                        "object is too new for this godwit: object=%s %s".formatted(name, facts))
                .withObject(name)
                .withHint("use a newer godwit");
    }

    private static GodwitException corrupt(String name, long offset, String what) {
        return new GodwitException(
                        FailureKind.CORRUPT,
                        "%s: object=%s offset=%d".formatted(what, name, offset))
                .withObject(name)
                .withOffset(offset);
    }
}
