package io.godwit.commit;

import io.godwit.chunk.ChunkId;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.RecordRef;
import io.godwit.pack.SessionId;
import io.godwit.volume.VolumeKey;
import io.godwit.volume.VolumeName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/// One record of every kind, with every field in use; what golden files hold, and what is mutated.
final class RecordSamples {
    private static final Instant TIME = Instant.parse("2026-11-22T10:00:00.123Z");
    private static final SessionId FIRST = new SessionId(3, 0x1122334455667788L, 0x99aabbcc);
    private static final SessionId SECOND = new SessionId(4, -2, -3);
    private static final HostIdentity HOST =
            new HostIdentity("0123abcd", "boot/pid:[4026531836]", 4711, 123456789);
    private static final Nonce NONCE = new Nonce(0x0123456789abcdefL, -1);
    private static final VolumeKey VOLUME = new VolumeKey("abcdefghijklmnopqrstuvwxyz");

    private RecordSamples() {}

    /// A record, and how it is written and read.
    record Sample<T>(
            String name,
            T value,
            Function<T, byte[]> encode,
            BiFunction<byte[], String, T> decode) {
        byte[] encoded() {
            return encode.apply(value);
        }

        byte[] reencoded(byte[] plain) {
            return encode.apply(decode.apply(plain, name));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Sample<?>> all() {
        return List.of(
                new Sample<>("entry", entry(), EntryFormat::encode, EntryFormat::decode),
                new Sample<>("entry-plain", plainEntry(), EntryFormat::encode, EntryFormat::decode),
                new Sample<>("session-open", open(), SessionFormat::encode, SessionFormat::open),
                new Sample<>(
                        "session-ack",
                        new SessionAck(0x1234, NONCE),
                        SessionFormat::encode,
                        SessionFormat::ack),
                new Sample<SessionOutcome>(
                        "outcome-commit",
                        new SessionOutcome.Commit(NONCE, List.of(entry(), siblingOf(entry()))),
                        SessionFormat::encode,
                        SessionFormat::outcome),
                new Sample<SessionOutcome>(
                        "outcome-abort",
                        new SessionOutcome.Abort(NONCE, HOST, "told to stop"),
                        SessionFormat::encode,
                        SessionFormat::outcome),
                new Sample<>(
                        "tombstone",
                        new Tombstone(snapshot(1), FIRST, NONCE, TIME, "rule daily"),
                        SessionFormat::encode,
                        SessionFormat::tombstone),
                new Sample<>("losses", losses(), LossesFormat::encode, LossesFormat::decode),
                new Sample<>(
                        "plan",
                        new CollectionPlan(7, NONCE, HOST, packs(), moves()),
                        CollectionFormat::encode,
                        CollectionFormat::plan),
                new Sample<>(
                        "sweep",
                        new CollectionSweep(7, NONCE, HOST, packs().subList(0, 2), moves()),
                        CollectionFormat::encode,
                        CollectionFormat::sweep),
                new Sample<>(
                        "done",
                        new CollectionDone(7, NONCE, HOST, 1000, 17, 1L << 40),
                        CollectionFormat::encode,
                        CollectionFormat::done),
                new Sample<>(
                        "checkpoint",
                        checkpoint(),
                        CheckpointFormat::encode,
                        CheckpointFormat::decode),
                new Sample<>(
                        "checkpoint-segment",
                        segment(),
                        CheckpointFormat::encode,
                        CheckpointFormat::decodeSegment),
                new Sample<>(
                        "index-root",
                        indexRoot(),
                        IndexRootFormat::encode,
                        IndexRootFormat::decode));
    }

    private static SnapshotId snapshot(int number) {
        return new SnapshotId(0x0102030405060700L | number, -number);
    }

    private static ChunkRef chunk(int number) {
        RecordRef record =
                new RecordRef(new PackId(FIRST, number), true, number, 4096 * number, 70000, 90000);
        return new ChunkRef(new ChunkId(number, -1, 0x7fff, 1L << 63), record, 100, 4000);
    }

    static CatalogueEntry entry() {
        return new CatalogueEntry(
                snapshot(1),
                new VolumeName("db/ü"),
                TIME,
                1L << 42,
                chunk(1),
                new Lineage(
                        Optional.of(snapshot(2)), Optional.of(new EntryDigest(1, 2, 3, -4)), 17),
                Optional.of(TIME.plusSeconds(86_400)),
                new TreeMap<>(Map.of("app", "shop", "empty", "")),
                123_456_789,
                98_765,
                Optional.of("csi-7"),
                "leaf",
                FIRST,
                Optional.of(
                        new RestorePoint(snapshot(3), "before the move", Optional.of(chunk(2)))),
                2,
                Extensions.NONE);
    }

    private static CatalogueEntry siblingOf(CatalogueEntry entry) {
        return Entries.renamed(entry, snapshot(4));
    }

    private static CatalogueEntry plainEntry() {
        return new CatalogueEntry(
                snapshot(5),
                new VolumeName("v"),
                Instant.EPOCH,
                0,
                chunk(1),
                new Lineage(Optional.empty(), Optional.empty(), 1),
                Optional.empty(),
                new TreeMap<>(),
                0,
                0,
                Optional.empty(),
                "fixed:64KiB",
                new SessionId(0, 0, 0),
                Optional.empty(),
                1,
                new Extensions(
                        List.of(
                                new Extensions.Extension(3, new byte[] {1, 2, 3}),
                                new Extensions.Extension(200, new byte[0]))));
    }

    private static SessionOpen open() {
        return new SessionOpen(
                NONCE,
                HOST,
                TIME,
                "backup",
                List.of(
                        new Pin(snapshot(1), VOLUME, TIME, FIRST, chunk(1)),
                        new Pin(snapshot(2), VOLUME, TIME, SECOND, chunk(2))),
                List.of(FIRST, SECOND));
    }

    private static Losses losses() {
        PackId first = new PackId(FIRST, 0);
        RecordRef record = new RecordRef(new PackId(SECOND, 7), false, 3, 4096, 900, 1800);
        ChunkRef now = new ChunkRef(new ChunkId(1, 2, 3, 4), record, 100, 700);
        return new Losses(
                5,
                NONCE,
                List.of(
                        new Losses.Bad(new PackName(first, true), List.of()),
                        new Losses.Bad(
                                new PackName(new PackId(FIRST, 9), false),
                                List.of(new Losses.Place(0, 64), new Losses.Place(300, 70_000)))),
                List.of(
                        new Losses.Found(new ChunkId(0, 2, 3, 4), now),
                        new Losses.Found(new ChunkId(1, 2, 3, 4), now)),
                List.of(
                        new Losses.Again(
                                VOLUME,
                                List.of(
                                        new Losses.Span(0, 4096),
                                        new Losses.Span(1L << 40, 8192)))),
                List.of(snapshot(1), snapshot(2)),
                List.of("idx/l0/a", "idx/l0/b"));
    }

    private static List<PackName> packs() {
        return List.of(
                new PackName(new PackId(FIRST, 0), true),
                new PackName(new PackId(FIRST, 1), false),
                new PackName(new PackId(FIRST, 300), false),
                new PackName(new PackId(FIRST, -1), true),
                new PackName(new PackId(SECOND, 5), false));
    }

    private static List<PackMove> moves() {
        return List.of(
                new PackMove(
                        new PackName(new PackId(SECOND, 9), false),
                        List.of(
                                new PackName(new PackId(FIRST, 12), false),
                                new PackName(new PackId(FIRST, 13), true))));
    }

    private static Checkpoint checkpoint() {
        return new Checkpoint(
                7,
                NONCE,
                5,
                List.of(
                        new Checkpoint.SegmentRef(
                                6,
                                NONCE,
                                1,
                                VOLUME.value(),
                                VOLUME.value(),
                                1000,
                                new EntryDigest(-1, 2, 3, 4))),
                segment());
    }

    private static CheckpointSegment segment() {
        return new CheckpointSegment(
                List.of(
                        new CheckpointSegment.Volume(
                                new VolumeKey("aaaaaaaaaaaaaaaaaaaaaaaaaa"), 9, List.of()),
                        new CheckpointSegment.Volume(
                                VOLUME, 17, List.of(entry(), siblingOf(entry())))));
    }

    private static IndexRoot indexRoot() {
        ChunkId low = new ChunkId(0, 0, 0, 1);
        ChunkId middle = new ChunkId(1L << 62, 0, 0, 0);
        ChunkId high = new ChunkId(-1, -1, -1, -1);
        return new IndexRoot(
                7,
                NONCE,
                5,
                List.of(
                        new IndexRoot.Shard(6, NONCE, 0, low, middle, 100_000, 4_000_000),
                        new IndexRoot.Shard(
                                7, NONCE, 1, new ChunkId(1L << 62, 0, 0, 1), high, 1, 90)),
                moves());
    }
}
