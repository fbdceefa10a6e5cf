package io.godwit.simulation.repository;

import io.godwit.chunk.ChunkHasher;
import io.godwit.chunk.ChunkId;
import io.godwit.chunk.ChunkType;
import io.godwit.commit.Session;
import io.godwit.index.SegmentWriter;
import io.godwit.index.SessionIndex;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.PackWriter;
import io.godwit.pack.RecordRef;
import io.godwit.repository.Repository;
import io.godwit.volume.MetaSink;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The packs of one session, by the shipped pack writer: one pack of everything, or data packs of a
/// few chunks each and metadata packs. Belongs to the tasks of one process; nothing of it waits but
/// [#put].
final class OpenPacks implements MetaSink, AutoCloseable {
    private final Repository repository;
    private final Session session;
    private final PackBench bench;
    private final ChunkHasher hasher;
    private final boolean mixed;
    private final SessionIndex sessionIndex;
    private final SegmentWriter segment = new SegmentWriter();
    private final MemorySegment digests =
            Arena.ofAuto().allocate(ChunkHasher.digestsBytes(PackBench.BUFFER_BYTES));
    private @Nullable Open data;
    private @Nullable Open meta;
    private final List<Finished> finished = new ArrayList<>();

    private record Open(PackWriter writer, PackBench.Place place, List<ChunkRef> chunks) {}

    /// A pack whose bytes are fixed.
    record Finished(PackId id, boolean metadata, MemorySegment bytes, List<ChunkRef> chunks) {}

    /// @param mixed whether data and metadata go into one pack, whose footer is the index segment
    OpenPacks(
            Repository repository,
            Session session,
            PackBench bench,
            ChunkHasher hasher,
            boolean mixed,
            SessionIndex sessionIndex) {
        this.repository = repository;
        this.session = session;
        this.bench = bench;
        this.hasher = hasher;
        this.mixed = mixed;
        this.sessionIndex = sessionIndex;
    }

    boolean mixed() {
        return mixed;
    }

    private Open open(boolean metadata) {
        PackBench.Place place = bench.take();
        PackWriter writer =
                new PackWriter(
                        repository.keys(),
                        session.nextPackId(),
                        metadata,
                        place.buffer(),
                        place.sealer());
        return new Open(writer, place, new ArrayList<>());
    }

    /// Stores a data chunk in the pack that is open.
    ChunkRef append(ChunkId id, MemorySegment plain, int length, MemorySegment leafDigests) {
        Open pack = data;
        if (pack == null) {
            pack = open(false);
            data = pack;
        }
        RecordRef record = pack.writer().append(id, plain, 0, length, leafDigests, 0);
        ChunkRef ref = new ChunkRef(id, record, 0, length);
        pack.chunks().add(ref);
        sessionIndex.placed(ref);
        return ref;
    }

    @Override
    public ChunkRef put(MemorySegment plain, int length) {
        ChunkId id = hasher.hash(ChunkType.META, plain, 0, length, digests, 0);
        Open pack = mixed ? data : meta;
        if (pack == null) {
            pack = open(!mixed);
            if (mixed) {
                data = pack;
            } else {
                meta = pack;
            }
        }
        return new ChunkRef(id, pack.writer().appendMeta(id, plain, 0, length), 0, length);
    }

    /// Fixes the bytes of the data pack that is open, unless everything goes into one.
    void cutData() {
        if (!mixed) {
            finish(data);
            data = null;
        }
    }

    void cutAll() {
        finish(data);
        finish(meta);
        data = null;
        meta = null;
    }

    private void finish(@Nullable Open pack) {
        if (pack == null) {
            return;
        }
        if (!pack.writer().isEmpty()) {
            byte[] bytes = pack.writer().finish().toArray(ValueLayout.JAVA_BYTE);
            finished.add(
                    new Finished(
                            pack.writer().pack(),
                            pack.writer().metadata(),
                            MemorySegment.ofArray(bytes),
                            List.copyOf(pack.chunks())));
        }
        bench.giveBack(pack.place());
    }

    /// Packs that are cut and not taken yet.
    List<Finished> takeFinished() {
        List<Finished> taken = List.copyOf(finished);
        finished.clear();
        return taken;
    }

    /// Stores one, and makes its chunks known.
    void store(Finished pack) {
        session.putPack(pack.id(), pack.metadata(), pack.bytes());
        repository.cache().add(pack.chunks());
        sessionIndex.durable(pack.id());
        pack.chunks().forEach(segment::add);
    }

    /// W5.
    void storeSegment() {
        if (!mixed && !segment.isEmpty()) {
            repository.cache().noteSegment(session.putIndexSegment(segment.finish()));
        }
    }

    @Override
    public void close() {
        if (data != null) {
            bench.giveBack(data.place());
        }
        if (meta != null) {
            bench.giveBack(meta.place());
        }
        data = null;
        meta = null;
        segment.close();
    }
}
