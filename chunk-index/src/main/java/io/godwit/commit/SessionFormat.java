package io.godwit.commit;

import io.godwit.format.ByteReader;
import io.godwit.format.ByteWriter;
import io.godwit.volume.VolumeKey;

/// The bytes of `s/<sid>/open`, `ack/<plan>` and `outcome`, and of tombstones; fields are those of
/// [Fields].
///
/// | open | |
/// |---|---|
/// | 16 | nonce |
/// | host | who runs it |
/// | time | opened |
/// | string, at most 256 | purpose |
/// | list, at most 4096 | pins: snapshot id, volume key, time, session id, root chunk reference |
/// | list, at most 1024 | adopted session ids |
/// | | [Extensions], skipped |
///
/// | ack | |
/// |---|---|
/// | varint | plan, as in the name |
/// | 16 | nonce |
/// | | [Extensions], skipped |
///
/// | outcome | |
/// |---|---|
/// | u8 | 1 ABORT, 2 COMMIT |
/// | 16 | nonce |
/// | ABORT: host, string of at most 1024 | by whom, reason |
/// | COMMIT: list, at most 4096 | entries, see [EntryFormat] |
/// | | [Extensions], skipped |
///
/// | tombstone | |
/// |---|---|
/// | 16 | snapshot id |
/// | session id | who committed the snapshot |
/// | 16 | nonce |
/// | time | forgotten |
/// | string, at most 1024 | reason |
/// | | [Extensions], skipped |
final class SessionFormat {
    private static final int ABORT = 1;
    private static final int COMMIT = 2;

    private SessionFormat() {}

    static byte[] encode(SessionOpen open) {
        ByteWriter writer = new ByteWriter();
        Fields.nonce(writer, open.nonce());
        Fields.host(writer, open.host());
        Fields.time(writer, open.opened());
        writer.string(open.purpose());
        Fields.list(writer, open.pins(), SessionFormat::pin);
        Fields.list(writer, open.adopts(), Fields::session);
        return ended(writer);
    }

    static SessionOpen open(byte[] plain, String object) {
        return Fields.decode(plain, object, SessionFormat::readOpen);
    }

    private static SessionOpen readOpen(ByteReader reader) {
        SessionOpen open =
                new SessionOpen(
                        Fields.nonce(reader),
                        Fields.host(reader),
                        Fields.time(reader),
                        reader.string(SessionOpen.PURPOSE_BYTES_MAX),
                        Fields.list(reader, SessionOpen.PINS_MAX, SessionFormat::pin),
                        Fields.list(reader, SessionOpen.ADOPTS_MAX, Fields::session));
        Extensions.read(reader);
        return open;
    }

    private static void pin(ByteWriter writer, Pin pin) {
        Fields.snapshot(writer, pin.snapshot());
        Fields.volume(writer, pin.volume());
        Fields.time(writer, pin.time());
        Fields.session(writer, pin.session());
        Fields.chunk(writer, pin.root());
    }

    private static Pin pin(ByteReader reader) {
        SnapshotId snapshot = Fields.snapshot(reader);
        VolumeKey volume = Fields.volume(reader);
        return new Pin(
                snapshot,
                volume,
                Fields.time(reader),
                Fields.session(reader),
                Fields.chunk(reader));
    }

    static byte[] encode(SessionAck ack) {
        ByteWriter writer = new ByteWriter();
        writer.varlong(ack.plan());
        Fields.nonce(writer, ack.nonce());
        return ended(writer);
    }

    static SessionAck ack(byte[] plain, String object) {
        return Fields.decode(plain, object, SessionFormat::readAck);
    }

    private static SessionAck readAck(ByteReader reader) {
        SessionAck ack = new SessionAck(reader.varlong(), Fields.nonce(reader));
        Extensions.read(reader);
        return ack;
    }

    static byte[] encode(SessionOutcome outcome) {
        ByteWriter writer = new ByteWriter();
        switch (outcome) {
            case SessionOutcome.Abort(Nonce nonce, HostIdentity by, String reason) -> {
                writer.u8(ABORT);
                Fields.nonce(writer, nonce);
                Fields.host(writer, by);
                writer.string(reason);
            }
            case SessionOutcome.Commit commit -> {
                writer.u8(COMMIT);
                Fields.nonce(writer, commit.nonce());
                Fields.list(writer, commit.entries(), EntryFormat::write);
            }
        }
        return ended(writer);
    }

    static SessionOutcome outcome(byte[] plain, String object) {
        return Fields.decode(plain, object, SessionFormat::readOutcome);
    }

    private static SessionOutcome readOutcome(ByteReader reader) {
        int kind = reader.u8();
        Nonce nonce = Fields.nonce(reader);
        SessionOutcome outcome =
                switch (kind) {
                    case ABORT ->
                            new SessionOutcome.Abort(
                                    nonce,
                                    Fields.host(reader),
                                    reader.string(SessionOutcome.Abort.REASON_BYTES_MAX));
                    case COMMIT ->
                            new SessionOutcome.Commit(
                                    nonce,
                                    Fields.list(
                                            reader,
                                            CatalogueEntry.SIBLINGS_MAX,
                                            EntryFormat::read));
                    default -> throw reader.corrupt("not an outcome: kind=" + kind);
                };
        Extensions.read(reader);
        return outcome;
    }

    static byte[] encode(Tombstone tombstone) {
        ByteWriter writer = new ByteWriter();
        Fields.snapshot(writer, tombstone.snapshot());
        Fields.session(writer, tombstone.session());
        Fields.nonce(writer, tombstone.nonce());
        Fields.time(writer, tombstone.forgotten());
        writer.string(tombstone.reason());
        return ended(writer);
    }

    static Tombstone tombstone(byte[] plain, String object) {
        return Fields.decode(plain, object, SessionFormat::readTombstone);
    }

    private static Tombstone readTombstone(ByteReader reader) {
        Tombstone tombstone =
                new Tombstone(
                        Fields.snapshot(reader),
                        Fields.session(reader),
                        Fields.nonce(reader),
                        Fields.time(reader),
                        reader.string(Tombstone.REASON_BYTES_MAX));
        Extensions.read(reader);
        return tombstone;
    }

    private static byte[] ended(ByteWriter writer) {
        Extensions.NONE.write(writer);
        return writer.toByteArray();
    }
}
