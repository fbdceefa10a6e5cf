package io.godwit.commit;

import io.godwit.format.ByteReader;
import io.godwit.format.ByteWriter;
import io.godwit.volume.VolumeName;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The bytes of a [CatalogueEntry]. The same bytes stand in COMMIT, in `snap/` and in checkpoints,
/// and what [EntryDigest] is computed over; other fields are those of [Fields].
///
/// | bytes | field |
/// |---|---|
/// | 16 | snapshot id |
/// | string, at most 1024 | volume name |
/// | time | of the snapshot |
/// | varint | size of the volume in bytes |
/// | chunk reference | root |
/// | optional 16 + 32 | parent: snapshot id, digest of its entry |
/// | varint | counter of the volume |
/// | optional time | retain until |
/// | varint, then pairs of strings | tags, sorted by key |
/// | varint, varint | changed bytes, stored bytes |
/// | optional string, at most 4096 | change id |
/// | string, at most 64 | chunker |
/// | session id | who committed it |
/// | optional | restore point: id 16, name string, optional manifest chunk reference |
/// | varint | siblings: entries in the COMMIT |
/// | | [Extensions] |
final class EntryFormat {
    private EntryFormat() {}

    static byte[] encode(CatalogueEntry entry) {
        ByteWriter writer = new ByteWriter();
        write(writer, entry);
        return writer.toByteArray();
    }

    static CatalogueEntry decode(byte[] plain, String object) {
        return Fields.decode(plain, object, EntryFormat::read);
    }

    static void write(ByteWriter writer, CatalogueEntry entry) {
        Fields.snapshot(writer, entry.snapshot());
        writer.string(entry.volume().value());
        Fields.time(writer, entry.time());
        writer.varlong(entry.sizeBytes());
        Fields.chunk(writer, entry.root());
        lineage(writer, entry.lineage());
        Fields.optional(writer, entry.retainUntil(), Fields::time);
        writer.varint(entry.tags().size());
        for (Map.Entry<String, String> tag : entry.tags().entrySet()) {
            writer.string(tag.getKey()).string(tag.getValue());
        }
        writer.varlong(entry.changedBytes()).varlong(entry.storedBytes());
        Fields.optional(writer, entry.changeId(), ByteWriter::string);
        writer.string(entry.chunker());
        Fields.session(writer, entry.session());
        Fields.optional(writer, entry.restorePoint(), EntryFormat::restorePoint);
        writer.varint(entry.siblings());
        entry.extensions().write(writer);
    }

    static CatalogueEntry read(ByteReader reader) {
        return new CatalogueEntry(
                Fields.snapshot(reader),
                new VolumeName(reader.string(VolumeName.MAX_BYTES)),
                Fields.time(reader),
                reader.varlong(),
                Fields.chunk(reader),
                lineage(reader),
                Fields.optional(reader, Fields::time),
                tags(reader),
                reader.varlong(),
                reader.varlong(),
                Fields.optional(reader, r -> r.string(CatalogueEntry.CHANGE_ID_BYTES_MAX)),
                reader.string(CatalogueEntry.CHUNKER_BYTES_MAX),
                Fields.session(reader),
                Fields.optional(reader, EntryFormat::restorePoint),
                reader.varint(),
                Extensions.read(reader));
    }

    private static void lineage(ByteWriter writer, Lineage lineage) {
        Fields.optional(writer, lineage.parent(), Fields::snapshot);
        lineage.parentDigest().ifPresent(digest -> Fields.digest(writer, digest));
        writer.varlong(lineage.counter());
    }

    private static Lineage lineage(ByteReader reader) {
        Optional<SnapshotId> parent = Fields.optional(reader, Fields::snapshot);
        return new Lineage(parent, parent.map(_ -> Fields.digest(reader)), reader.varlong());
    }

    private static void restorePoint(ByteWriter writer, RestorePoint point) {
        Fields.snapshot(writer, point.id());
        writer.string(point.name());
        Fields.optional(writer, point.manifest(), Fields::chunk);
    }

    private static RestorePoint restorePoint(ByteReader reader) {
        return new RestorePoint(
                Fields.snapshot(reader),
                reader.string(RestorePoint.NAME_BYTES_MAX),
                Fields.optional(reader, Fields::chunk));
    }

    private static SortedMap<String, String> tags(ByteReader reader) {
        int count = reader.varint(CatalogueEntry.TAG_BYTES_MAX);
        TreeMap<String, String> tags = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            String key = reader.string(CatalogueEntry.TAG_BYTES_MAX);
            if (!tags.isEmpty() && tags.lastKey().compareTo(key) >= 0) {
                throw reader.corrupt("tags out of order");
            }
            tags.put(key, reader.string(CatalogueEntry.TAG_BYTES_MAX));
        }
        return tags;
    }
}
