package io.godwit.check;

import io.godwit.chunk.ChunkHasher;
import io.godwit.chunk.ChunkId;
import io.godwit.chunk.ChunkType;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackFooter;
import io.godwit.pack.PackHeader;
import io.godwit.pack.PackId;
import io.godwit.pack.PackLimits;
import io.godwit.pack.PackNames;
import io.godwit.pack.PackReader;
import io.godwit.pack.RecordOpener;
import io.godwit.pack.RecordRef;
import io.godwit.pack.RecordType;
import io.godwit.repository.Repository;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.LongAdder;

/// Reads whole packs: every record is decrypted, decompressed and hashed against the ids that the
/// footer lists. Owned by one worker.
final class PackExamination implements AutoCloseable {
    private final Repository repository;
    private final PackReader reader;
    private final ChunkHasher hasher;
    private final Damage damage;
    private final LongAdder chunks;
    private final RecordOpener opener = new RecordOpener();
    private final MemorySegment tail = Arena.ofAuto().allocate(PackReader.TAIL_BYTES);
    private final PackWindow window;
    private MemorySegment plain = Arena.ofAuto().allocate(1 << 20);
    private MemorySegment digests = Arena.ofAuto().allocate(1 << 16);

    PackExamination(
            Repository repository,
            ChunkHasher hasher,
            Damage damage,
            LongAdder readBytes,
            LongAdder chunks) {
        this.repository = repository;
        this.reader = new PackReader(repository.store(), repository.keys());
        this.hasher = hasher;
        this.damage = damage;
        this.chunks = chunks;
        this.window = new PackWindow(repository.store(), readBytes);
    }

    void examine(PackId pack, boolean metadata) {
        String object = PackNames.key(pack, metadata).value();
        try {
            PackReader.Opened opened = reader.open(pack, metadata, tail).orElse(null);
            if (opened == null && repository.relocation().learn(pack)) {
                // Repacked since it was listed: what took its place was read before it was written.
                return;
            }
            if (opened == null) {
                damage.record(
                        pack, Damage.WHOLE, "pack-missing", object, 0, "there is no such pack");
                return;
            }
            window.begin();
            examineStart(pack, metadata);
            for (PackFooter.Entry entry : opened.footer().entries()) {
                examineRecord(opened, entry, object);
            }
        } catch (GodwitException e) {
            SnapshotWalk.requireDamage(e);
            damage.record(
                    pack,
                    Damage.WHOLE,
                    "pack",
                    object,
                    e.offset().orElse(0),
                    String.valueOf(e.getMessage()));
        }
    }

    /// Restores take the pack's keys from its start, not from its end.
    private void examineStart(PackId pack, boolean metadata) {
        MemorySegment start = window.readSome(pack, metadata, 0, PackHeader.BYTES);
        PackHeader.read(pack, metadata, start).keys(repository.keys(), pack, metadata);
    }

    private void examineRecord(PackReader.Opened opened, PackFooter.Entry entry, String object) {
        RecordRef record = opened.footer().record(entry);
        try {
            int length = RecordOpener.storedLength(record);
            open(
                    opened,
                    entry,
                    record,
                    window.read(record.pack(), record.metadata(), record.offset(), length));
        } catch (GodwitException e) {
            SnapshotWalk.requireDamage(e);
            damage.record(
                    record.pack(),
                    record.ordinal(),
                    "record",
                    object,
                    record.offset(),
                    String.valueOf(e.getMessage()));
        }
    }

    private void open(
            PackReader.Opened opened,
            PackFooter.Entry entry,
            RecordRef record,
            MemorySegment sealed) {
        if (entry.type() == RecordType.LEAF_LIST) {
            opener.openLeafList(opened.keys(), record, sealed, 0);
            return;
        }
        plain = atLeast(plain, record.plainLength());
        ChunkId id = entry.chunks().size() == 1 ? entry.chunks().getFirst().id() : ChunkId.NONE;
        opener.open(opened.keys(), record, id, sealed, 0, plain, 0);
        ChunkType type = typeOf(entry);
        for (PackFooter.Chunk chunk : entry.chunks()) {
            digests = atLeast(digests, ChunkHasher.digestsBytes(chunk.length()));
            ChunkId found =
                    hasher.hash(type, plain, chunk.plainOffset(), chunk.length(), digests, 0);
            if (!found.equals(chunk.id())) {
                throw new GodwitException(
                        FailureKind.CORRUPT,
                        "chunk is not what was stored: expected=%s found=%s"
                                .formatted(chunk.id(), found));
            }
            chunks.increment();
        }
    }

    private static ChunkType typeOf(PackFooter.Entry entry) {
        return switch (entry.type()) {
            case DATA, DATA_GROUP -> ChunkType.DATA;
            case META, META_GROUP, LEAF_LIST, FOOTER -> ChunkType.META;
        };
    }

    private static MemorySegment atLeast(MemorySegment buffer, long length) {
        return buffer.byteSize() >= length
                ? buffer
                : Arena.ofAuto().allocate(Math.min(length, 2L * PackLimits.MAX_BYTES));
    }

    @Override
    public void close() {
        opener.close();
    }
}
