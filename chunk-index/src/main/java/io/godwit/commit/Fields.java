package io.godwit.commit;

import io.godwit.chunk.ChunkId;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ByteReader;
import io.godwit.format.ByteWriter;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.RecordRef;
import io.godwit.pack.SessionId;
import io.godwit.volume.VolumeKey;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// The fields that the records of sessions, catalogue and collection share.
///
/// | field | bytes |
/// |---|---|
/// | session id | plan u64, random u64, random u32, all big-endian |
/// | pack id | session id, counter u32 big-endian |
/// | pack name | pack id, u8: 0 under `p/`, 1 under `m/` |
/// | chunk reference | chunk id 32; pack name; ordinal, offset, sealed length, plain length, plain offset, length as varints |
/// | snapshot id, nonce | 16 |
/// | time | varint, milliseconds since 1970 |
/// | volume key | string, 26 characters |
/// | optional x | u8: 0 absent, 1 and then x |
/// | list of x | varint count, then each |
/// | host | strings host, boot; varints pid, start |
final class Fields {
    private static final int VOLUME_KEY_BYTES_MAX = 32;

    private Fields() {}

    /// Decodes a whole record: what no writer could have written is `CORRUPT`, whatever it trips
    /// over.
    static <T> T decode(byte[] plain, String object, Function<ByteReader, T> format) {
        ByteReader reader = new ByteReader(plain, object);
        try {
            T value = format.apply(reader);
            reader.end();
            return value;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw malformed(object, reader.position(), e);
        } catch (GodwitException e) {
            // A name that VolumeName refuses is the caller's mistake elsewhere; here it is damage.
            throw e.kind() == FailureKind.CORRUPT ? e : malformed(object, reader.position(), e);
        }
    }

    private static GodwitException malformed(String object, long position, RuntimeException cause) {
        return new GodwitException(
                        FailureKind.CORRUPT,
                        "record is malformed: object=%s offset=%d reason=%s"
                                .formatted(object, position, cause.getMessage()),
                        cause)
                .withObject(object)
                .withOffset(position);
    }

    static void session(ByteWriter writer, SessionId id) {
        writer.bytes(
                ByteBuffer.allocate(20)
                        .putLong(id.plan())
                        .putLong(id.randomHigh())
                        .putInt(id.randomLow())
                        .array());
    }

    static SessionId session(ByteReader reader) {
        ByteBuffer bytes = ByteBuffer.wrap(reader.bytes(20));
        return new SessionId(bytes.getLong(), bytes.getLong(), bytes.getInt());
    }

    static void pack(ByteWriter writer, PackName pack) {
        session(writer, pack.id().owner());
        writer.bytes(ByteBuffer.allocate(4).putInt(pack.id().counter()).array());
        flag(writer, pack.metadata());
    }

    static PackName pack(ByteReader reader) {
        SessionId owner = session(reader);
        PackId id = new PackId(owner, ByteBuffer.wrap(reader.bytes(4)).getInt());
        return new PackName(id, flag(reader));
    }

    static void chunk(ByteWriter writer, ChunkRef chunk) {
        RecordRef record = chunk.record();
        writer.chunkId(chunk.id());
        pack(writer, new PackName(record.pack(), record.metadata()));
        writer.varint(record.ordinal()).varint(record.offset());
        writer.varint(record.sealedLength()).varint(record.plainLength());
        writer.varint(chunk.plainOffset()).varint(chunk.length());
    }

    static ChunkRef chunk(ByteReader reader) {
        ChunkId id = reader.chunkId();
        PackName pack = pack(reader);
        RecordRef record =
                new RecordRef(
                        pack.id(),
                        pack.metadata(),
                        reader.varint(),
                        reader.varint(),
                        reader.varint(),
                        reader.varint());
        return new ChunkRef(id, record, reader.varint(), reader.varint());
    }

    static void snapshot(ByteWriter writer, SnapshotId id) {
        writer.u64(id.high()).u64(id.low());
    }

    static SnapshotId snapshot(ByteReader reader) {
        return new SnapshotId(reader.u64(), reader.u64());
    }

    static void nonce(ByteWriter writer, Nonce nonce) {
        writer.u64(nonce.high()).u64(nonce.low());
    }

    static Nonce nonce(ByteReader reader) {
        return new Nonce(reader.u64(), reader.u64());
    }

    static void digest(ByteWriter writer, EntryDigest digest) {
        writer.bytes(digest.toByteArray());
    }

    static EntryDigest digest(ByteReader reader) {
        return EntryDigest.read(ByteBuffer.wrap(reader.bytes(EntryDigest.BYTES)));
    }

    static void time(ByteWriter writer, Instant time) {
        writer.varlong(time.toEpochMilli());
    }

    static Instant time(ByteReader reader) {
        long millis = reader.varlong();
        if (millis < 0 || millis > CatalogueEntry.TIME_MAX.toEpochMilli()) {
            throw reader.corrupt("time out of range: millis=" + millis);
        }
        return Instant.ofEpochMilli(millis);
    }

    static void volume(ByteWriter writer, VolumeKey key) {
        writer.string(key.toString());
    }

    static VolumeKey volume(ByteReader reader) {
        return new VolumeKey(reader.string(VOLUME_KEY_BYTES_MAX));
    }

    static void host(ByteWriter writer, HostIdentity host) {
        writer.string(host.host()).string(host.boot());
        writer.varlong(host.pid()).varlong(host.startTicks());
    }

    static HostIdentity host(ByteReader reader) {
        return new HostIdentity(
                reader.string(HostIdentity.TEXT_BYTES_MAX),
                reader.string(HostIdentity.TEXT_BYTES_MAX),
                reader.varlong(),
                reader.varlong());
    }

    static void flag(ByteWriter writer, boolean value) {
        writer.u8(value ? 1 : 0);
    }

    static boolean flag(ByteReader reader) {
        int value = reader.u8();
        if (value > 1) {
            throw reader.corrupt("not a flag: value=" + value);
        }
        return value == 1;
    }

    static <T> void optional(
            ByteWriter writer, Optional<T> value, BiConsumer<ByteWriter, T> format) {
        flag(writer, value.isPresent());
        value.ifPresent(present -> format.accept(writer, present));
    }

    static <T> Optional<T> optional(ByteReader reader, Function<ByteReader, T> format) {
        return flag(reader) ? Optional.of(format.apply(reader)) : Optional.empty();
    }

    static <T> void list(ByteWriter writer, List<T> values, BiConsumer<ByteWriter, T> format) {
        writer.varint(values.size());
        values.forEach(value -> format.accept(writer, value));
    }

    static <T> List<T> list(ByteReader reader, int max, Function<ByteReader, T> format) {
        int count = reader.varint(max);
        // Every element takes a byte at least, so damage cannot ask for more memory than the object
        // has.
        List<T> values = new ArrayList<>((int) Math.min(count, reader.remaining()));
        for (int i = 0; i < count; i++) {
            values.add(format.apply(reader));
        }
        return values;
    }
}
