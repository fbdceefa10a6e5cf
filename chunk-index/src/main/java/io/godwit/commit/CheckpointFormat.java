package io.godwit.commit;

import io.godwit.format.ByteReader;
import io.godwit.format.ByteWriter;
import io.godwit.volume.VolumeKey;

/// The bytes of `cat/<n>` and of its segments; other fields are those of [Fields].
///
/// | checkpoint | |
/// |---|---|
/// | varint | round, as in the name |
/// | 16 | nonce |
/// | varint | floor |
/// | list, at most 65536 | segments: varint round, nonce 16, varint number, strings first and last volume key, varint entries, digest 32 |
/// | segment | inline |
/// | | [Extensions], skipped |
///
/// | segment | |
/// |---|---|
/// | list | volumes, by key: volume key, varint counter, list of live entries ([EntryFormat]), newest first |
/// | | [Extensions], skipped |
final class CheckpointFormat {
    private static final int VOLUME_KEY_BYTES_MAX = 32;

    private CheckpointFormat() {}

    static byte[] encode(Checkpoint checkpoint) {
        ByteWriter writer = new ByteWriter();
        writer.varlong(checkpoint.round());
        Fields.nonce(writer, checkpoint.nonce());
        writer.varlong(checkpoint.floor());
        Fields.list(writer, checkpoint.segments(), CheckpointFormat::reference);
        segment(writer, checkpoint.inline());
        Extensions.NONE.write(writer);
        return writer.toByteArray();
    }

    static Checkpoint decode(byte[] plain, String object) {
        return Fields.decode(plain, object, CheckpointFormat::read);
    }

    private static Checkpoint read(ByteReader reader) {
        Checkpoint checkpoint =
                new Checkpoint(
                        reader.varlong(),
                        Fields.nonce(reader),
                        reader.varlong(),
                        Fields.list(reader, Checkpoint.SEGMENTS_MAX, CheckpointFormat::reference),
                        segment(reader));
        Extensions.read(reader);
        return checkpoint;
    }

    static byte[] encode(CheckpointSegment segment) {
        ByteWriter writer = new ByteWriter();
        segment(writer, segment);
        return writer.toByteArray();
    }

    static CheckpointSegment decodeSegment(byte[] plain, String object) {
        return Fields.decode(plain, object, CheckpointFormat::segment);
    }

    private static void reference(ByteWriter writer, Checkpoint.SegmentRef segment) {
        writer.varlong(segment.round());
        Fields.nonce(writer, segment.nonce());
        writer.varint(segment.number()).string(segment.first()).string(segment.last());
        writer.varint(segment.entries());
        Fields.digest(writer, segment.digest());
    }

    private static Checkpoint.SegmentRef reference(ByteReader reader) {
        return new Checkpoint.SegmentRef(
                reader.varlong(),
                Fields.nonce(reader),
                reader.varint(),
                reader.string(VOLUME_KEY_BYTES_MAX),
                reader.string(VOLUME_KEY_BYTES_MAX),
                reader.varint(),
                Fields.digest(reader));
    }

    private static void segment(ByteWriter writer, CheckpointSegment segment) {
        Fields.list(writer, segment.volumes(), CheckpointFormat::volume);
        Extensions.NONE.write(writer);
    }

    private static CheckpointSegment segment(ByteReader reader) {
        CheckpointSegment segment =
                new CheckpointSegment(
                        Fields.list(
                                reader, CheckpointSegment.VOLUMES_MAX, CheckpointFormat::volume));
        Extensions.read(reader);
        return segment;
    }

    private static void volume(ByteWriter writer, CheckpointSegment.Volume volume) {
        Fields.volume(writer, volume.key());
        writer.varlong(volume.counter());
        Fields.list(writer, volume.live(), EntryFormat::write);
    }

    private static CheckpointSegment.Volume volume(ByteReader reader) {
        VolumeKey key = Fields.volume(reader);
        return new CheckpointSegment.Volume(
                key,
                reader.varlong(),
                Fields.list(reader, CheckpointSegment.ENTRIES_MAX, EntryFormat::read));
    }
}
