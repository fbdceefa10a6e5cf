package io.godwit.pipeline;

import io.godwit.chunk.ChunkHasher;
import io.godwit.chunk.ChunkId;
import io.godwit.chunk.ChunkType;
import io.godwit.digest.LeafHasher;
import io.godwit.pack.ChunkGroup;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.Codec;
import io.godwit.pack.PackId;
import io.godwit.pack.PackLimits;
import io.godwit.pack.PackWriter;
import io.godwit.pack.RecordSealer;
import io.godwit.seal.KeyRing;
import io.godwit.volume.MetaSink;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The packs of one session. As long as it has stored less than [#SMALL_BYTES], everything goes
/// into one common pack, data and metadata alike; then that becomes a worker's, each worker fills
/// packs of its own, and metadata goes into metadata packs.
///
/// Shared by the workers: the common pack and the metadata pack are used under this object's lock,
/// all others by their worker alone. A writer goes with its pack, and is used again once that is
/// finished.
final class SessionPacks implements MetaSink, AutoCloseable {
    /// Up to here a session stores one object: small runs cost few requests.
    static final int SMALL_BYTES = 1 << 20;

    private final KeyRing ring;
    private final Supplier<PackId> ids;
    private final PackUploader uploader;
    private final LeafLists leafLists;

    private final Codec codec;
    private final ChunkHasher hasher;
    private final MemorySegment metaDigests;

    private final List<RecordSealer> sealers = new ArrayList<>();

    /// Of packs that are finished.
    private final Deque<PackWriter> idle = new ArrayDeque<>();

    private @Nullable OpenPack common;
    private @Nullable OpenPack orphan;
    private @Nullable OpenPack meta;
    private volatile boolean small = true;

    /// Keeps the leaf list of a pack of ours, for the next run.
    interface LeafLists {
        void keep(PackId pack, MemorySegment content);
    }

    /// @param hasher used under this object's lock only
    SessionPacks(
            KeyRing ring,
            Codec codec,
            Supplier<PackId> ids,
            PackUploader uploader,
            LeafLists leafLists,
            ChunkHasher hasher) {
        this.ring = ring;
        this.ids = ids;
        this.uploader = uploader;
        this.leafLists = leafLists;
        this.codec = codec;
        this.hasher = hasher;
        this.metaDigests =
                Arena.ofAuto()
                        .allocate(
                                PackLimits.RECORD_PLAIN_BYTES
                                        / LeafHasher.LEAF_BYTES
                                        * (long) LeafHasher.DIGEST_BYTES);
    }

    /// Whether everything still goes into the common pack.
    boolean isSmall() {
        return small;
    }

    /// Appends to the common pack; false when the session is not small any more.
    synchronized boolean appendToCommon(
            ChunkGroup group,
            MemorySegment plain,
            long offset,
            MemorySegment digests,
            List<ChunkRef> places) {
        if (!small) {
            return false;
        }
        OpenPack pack = commonWithRoomFor(group.plainLength());
        if (pack == null) {
            return false;
        }
        pack.append(group, plain, offset, digests, places);
        leaveSmallWhenGrown(pack);
        return true;
    }

    @Override
    public synchronized ChunkRef put(MemorySegment plain, int length) {
        ChunkId id = hasher.hash(ChunkType.META, plain, 0, length, metaDigests, 0);
        OpenPack pack = small ? commonWithRoomFor(length) : null;
        if (pack != null) {
            ChunkRef ref = pack.appendMeta(id, plain, length);
            leaveSmallWhenGrown(pack);
            return ref;
        }
        return metaWithRoomFor(length).appendMeta(id, plain, length);
    }

    private @Nullable OpenPack commonWithRoomFor(int length) {
        if (common == null) {
            common = open(false);
        }
        if (common.writer().hasRoomFor(length)) {
            return common;
        }
        leaveSmall(common);
        return null;
    }

    private void leaveSmallWhenGrown(OpenPack pack) {
        if (pack.writer().sealedBytes() > SMALL_BYTES) {
            leaveSmall(pack);
        }
    }

    private void leaveSmall(OpenPack pack) {
        small = false;
        orphan = pack;
        common = null;
    }

    private OpenPack metaWithRoomFor(int length) {
        OpenPack pack = meta;
        if (pack != null
                && (pack.writer().sealedBytes() >= PackLimits.METADATA_TARGET_BYTES
                        || !pack.writer().hasRoomFor(length))) {
            finish(pack);
            pack = null;
        }
        if (pack == null) {
            pack = open(true);
            meta = pack;
        }
        return pack;
    }

    /// The pack that was common, for the first worker that asks once the session is not small any
    /// more; else a new one.
    OpenPack openForWorker() {
        synchronized (this) {
            OpenPack adopted = orphan;
            if (adopted != null) {
                orphan = null;
                return adopted;
            }
        }
        return open(false);
    }

    private OpenPack open(boolean metadata) {
        MemorySegment buffer = uploader.acquireBuffer();
        PackWriter writer;
        synchronized (idle) {
            writer = idle.poll();
            if (writer == null) {
                RecordSealer sealer = new RecordSealer(codec);
                sealers.add(sealer);
                return new OpenPack(
                        new PackWriter(ring, ids.get(), metadata, buffer, sealer), buffer);
            }
        }
        writer.begin(ids.get(), metadata, buffer);
        return new OpenPack(writer, buffer);
    }

    /// Fixes a pack's bytes and queues it for upload.
    void finish(OpenPack pack) {
        PackUploader.Finished finished = pack.finish();
        MemorySegment leafList = pack.writer().leafList();
        if (leafList.byteSize() > 0) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment copy = arena.allocate(leafList.byteSize());
                leafLists.keep(finished.id(), copy.copyFrom(leafList));
            }
        }
        synchronized (idle) {
            idle.push(pack.writer());
        }
        uploader.submit(finished);
    }

    /// Queues what is still open here; the workers have given up theirs before.
    synchronized void finishAll() {
        for (OpenPack pack : new @Nullable OpenPack[] {common, orphan, meta}) {
            if (pack != null && !pack.writer().isEmpty()) {
                finish(pack);
            } else if (pack != null) {
                uploader.returnBuffer(pack.buffer());
            }
        }
        common = null;
        orphan = null;
        meta = null;
    }

    @Override
    public void close() {
        sealers.forEach(RecordSealer::close);
    }
}
