package io.godwit.commit;

import io.godwit.format.ByteReader;
import io.godwit.format.ByteWriter;

/// The bytes of `gc/lost/<number>`; other fields are those of [Fields].
///
/// | bytes | field |
/// |---|---|
/// | varint | number, as in the name |
/// | 16 | nonce |
/// | list | bad packs, strictly increasing: pack name; list of places, strictly increasing: varints ordinal, offset |
/// | list | found, strictly increasing: lost chunk id 32, chunk reference |
/// | list | to be read again, strictly increasing: volume key; list of extents: varints offset, length |
/// | list | unfit snapshots, strictly increasing |
/// | list | strings: names of settled objects, strictly increasing |
/// | | [Extensions], skipped |
final class LossesFormat {
    private static final int PLACES_MAX = 1 << 20;
    private static final int NAME_BYTES_MAX = 512;

    private LossesFormat() {}

    static byte[] encode(Losses losses) {
        ByteWriter writer = new ByteWriter();
        writer.varlong(losses.number());
        Fields.nonce(writer, losses.nonce());
        Fields.list(writer, losses.bad(), LossesFormat::bad);
        Fields.list(writer, losses.found(), LossesFormat::found);
        Fields.list(writer, losses.again(), LossesFormat::again);
        Fields.list(writer, losses.unfit(), Fields::snapshot);
        Fields.list(writer, losses.settled(), ByteWriter::string);
        Extensions.NONE.write(writer);
        return writer.toByteArray();
    }

    static Losses decode(byte[] plain, String object) {
        return Fields.decode(plain, object, LossesFormat::read);
    }

    private static Losses read(ByteReader reader) {
        Losses losses =
                new Losses(
                        reader.varlong(),
                        Fields.nonce(reader),
                        Fields.list(reader, Losses.PACKS_MAX, LossesFormat::bad),
                        Fields.list(reader, Losses.FOUND_MAX, LossesFormat::found),
                        Fields.list(reader, Losses.VOLUMES_MAX, LossesFormat::again),
                        Fields.list(reader, Losses.VOLUMES_MAX, Fields::snapshot),
                        Fields.list(reader, Losses.PACKS_MAX, in -> in.string(NAME_BYTES_MAX)));
        Extensions.read(reader);
        return losses;
    }

    private static void bad(ByteWriter writer, Losses.Bad bad) {
        Fields.pack(writer, bad.pack());
        Fields.list(
                writer,
                bad.places(),
                (out, place) -> out.varint(place.ordinal()).varlong(place.offset()));
    }

    private static Losses.Bad bad(ByteReader reader) {
        return new Losses.Bad(
                Fields.pack(reader),
                Fields.list(reader, PLACES_MAX, in -> new Losses.Place(in.varint(), in.varlong())));
    }

    private static void found(ByteWriter writer, Losses.Found found) {
        writer.chunkId(found.lost());
        Fields.chunk(writer, found.now());
    }

    private static Losses.Found found(ByteReader reader) {
        return new Losses.Found(reader.chunkId(), Fields.chunk(reader));
    }

    private static void again(ByteWriter writer, Losses.Again again) {
        Fields.volume(writer, again.volume());
        Fields.list(
                writer,
                again.spans(),
                (out, span) -> out.varlong(span.offset()).varlong(span.length()));
    }

    private static Losses.Again again(ByteReader reader) {
        return new Losses.Again(
                Fields.volume(reader),
                Fields.list(
                        reader,
                        Losses.EXTENTS_MAX,
                        in -> new Losses.Span(in.varlong(), in.varlong())));
    }
}
