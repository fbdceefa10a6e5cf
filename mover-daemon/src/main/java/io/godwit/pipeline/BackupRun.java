package io.godwit.pipeline;

import io.godwit.chunk.ChunkHasher;
import io.godwit.chunk.ChunkType;
import io.godwit.chunk.Chunker;
import io.godwit.chunk.ChunkerSpec;
import io.godwit.chunk.Chunkers;
import io.godwit.commit.Session;
import io.godwit.digest.KeyedHasher;
import io.godwit.digest.LeafHasher;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.index.SegmentWriter;
import io.godwit.index.SessionIndex;
import io.godwit.pack.BadPlaces;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.Codec;
import io.godwit.pack.PackId;
import io.godwit.repository.ChunkReader;
import io.godwit.repository.PackLeafLists;
import io.godwit.repository.Repository;
import io.godwit.volume.LeafExpectation;
import io.godwit.volume.PageLoader;
import io.godwit.volume.TreeReader;
import io.godwit.volume.TreeWriter;
import io.godwit.volume.VolumeTree;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// The data path of one backup: workers that read, compare and seal; an uploader; and the tree in
/// the end.
///
/// The thread that calls [#run] starts the workers and waits for them. A collector's plan that
/// arrives meanwhile ([#onCondemned], from the heartbeat's thread) waits until no region is in work
/// and has those done again that refer to what was condemned. The first failure of any thread ends
/// all.
final class BackupRun implements AutoCloseable {
    /// New chunks of one session known before their packs are durable: bounded by the packs that
    /// can be in flight, at 2 KiB a chunk in the worst case.
    private static final int CHUNKS_IN_FLIGHT = 1 << 17;

    private final Repository repository;
    private final MoverSettings settings;
    private final RunSession session;
    private final ChunkerSpec chunker;
    private final RegionSupply regions;
    private final VolumeTree parentTree;
    private final BadPlaces bad;
    private final RunCounters counters;
    private final RunBuffers buffers;
    private final SessionIndex sessionIndex = new SessionIndex(CHUNKS_IN_FLIGHT);
    private final PackUploader uploader;
    private final SessionPacks packs;
    private final RegionResults results;
    private final RegionRepair repair;
    private final SegmentWriter segment = new SegmentWriter();
    private final ReentrantReadWriteLock inWork = new ReentrantReadWriteLock(true);
    private final ReaderPool readers;
    private final WorkerCrew crew;

    BackupRun(
            Repository repository,
            MoverSettings settings,
            RunSession session,
            ChunkerSpec chunker,
            RegionSupply regions,
            VolumeReader source,
            VolumeTree parentTree,
            RunCounters counters) {
        this.repository = repository;
        this.settings = settings;
        this.session = session;
        this.chunker = chunker;
        this.regions = regions;
        this.parentTree = parentTree;
        this.bad = repository.losses().badPlaces();
        this.counters = counters;
        Chunker sample = Chunkers.create(chunker, repository.keys().gearKey());
        buffers =
                new RunBuffers(
                        settings.bufferBytes(),
                        settings.threads(),
                        sample.lookaheadBytes(),
                        sample.lookaheadBytes());
        results = new RegionResults(counters);
        repair = RegionRepair.of(chunker);
        uploader =
                new PackUploader(
                        new Uploads(),
                        buffers.packs(),
                        buffers.packsInFlight,
                        settings.threadFactory());
        packs =
                new SessionPacks(
                        repository.keys(),
                        codec(),
                        session::nextPackId,
                        uploader,
                        this::keepLeafList,
                        newHasher());
        int reading = source.source().distant() ? buffers.tileCount() : buffers.workers;
        readers = new ReaderPool(source, reading, buffers.tileCount(), settings.threadFactory());
        crew = new WorkerCrew(settings.threadFactory(), this::wake);
    }

    /// Nobody waits for a worker or a server that has nothing more to say.
    private void wake() {
        sessionIndex.close();
        readers.source().source().giveUp();
    }

    private Codec codec() {
        return Codec.parse(repository.config().compression());
    }

    private ChunkHasher newHasher() {
        return repository.newHasher(settings.kernel());
    }

    /// Backs up every region that the queue hands out, and leaves everything but the root in the
    /// session's packs.
    void run() throws InterruptedException {
        crew.run(buffers.workers, () -> work(regions));
    }

    private void work(RegionSupply supply) throws InterruptedException {
        ChunkHasher hasher = newHasher();
        boolean leafGrain = chunker.grain() == LeafHasher.LEAF_BYTES;
        long room = leafGrain ? 1 : 3;
        try (Arena arena = Arena.ofConfined();
                ChunkReader metadata = repository.newReader(hasher, ChunkType.META);
                PackLeafLists leafLists = repository.newLeafLists()) {
            MemorySegment digests =
                    arena.allocate(
                            room
                                    * RegionPlan.REGION_BYTES
                                    / LeafHasher.LEAF_BYTES
                                    * LeafHasher.DIGEST_BYTES,
                            64);
            WorkerPacks workerPacks = new WorkerPacks(packs);
            PieceSealer sealer =
                    new PieceSealer(
                            hasher,
                            repository.cache(),
                            sessionIndex,
                            workerPacks,
                            session::owns,
                            digests,
                            counters);
            LeafExpectation expected = new LeafExpectation(leafLists, bad);
            MemorySegment[] tiles = buffers.takeTiles();
            TileReader reader =
                    new TileReader(readers, tiles, buffers.headroom, Thread.currentThread());
            RegionScan scan =
                    new RegionScan(
                            reader,
                            hasher,
                            Chunkers.create(chunker, repository.keys().gearKey()),
                            digests,
                            sealer,
                            expected,
                            counters.progress,
                            leafGrain);
            RegionWorker.Parent parent =
                    new RegionWorker.Parent(
                            parentTree, new TreeReader(metadata), new PageLoader(metadata));
            new RegionWorker(
                            supply,
                            parent,
                            scan,
                            sealer,
                            expected,
                            repair,
                            packs,
                            results,
                            inWork.readLock(),
                            chunker.grain(),
                            new KeyedHasher(repository.keys().metaKey()))
                    .run();
            workerPacks.finish();
            buffers.returnTiles(tiles);
        }
    }

    // ---- what a collector may ask for while it runs

    /// Has every region done again that newly refers to what was condemned, and returns when that
    /// is stored. Called by the heartbeat's thread.
    void onCondemned(Set<PackId> unusable) {
        repository.cache().condemn(unusable);
        List<Long> referring;
        inWork.writeLock().lock();
        try {
            referring = results.referringTo(unusable);
        } finally {
            inWork.writeLock().unlock();
        }
        try {
            redo(referring);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GodwitException(
                    FailureKind.INTERRUPTED, "interrupted while regions were stored again", e);
        }
    }

    /// Has regions read and stored again, without the packs that are unusable by now.
    private void redo(List<Long> chosen) throws InterruptedException {
        if (chosen.isEmpty()) {
            return;
        }
        if (!(regions instanceof RegionQueue queue)) {
            throw new GodwitException(
                            FailureKind.FENCED,
                            "a stream refers to packs that are being collected and cannot be read"
                                    + " again")
                    .withHint("run it again");
        }
        new WorkerCrew(settings.threadFactory(), this::wake).run(1, () -> work(queue.of(chosen)));
        uploader.drain();
    }

    /// Beats for the session until closed; a beat that fails ends the run.
    HeartbeatThread startHeartbeat(Session open, Duration interval) {
        return new HeartbeatThread(open, crew, interval, settings.threadFactory());
    }

    // ---- the end

    /// Writes the tree above the pages, and everything that is still open.
    ///
    /// @param root writes the root once the tree is known
    ChunkRef finish(long volumeBytes, RootWriter root) throws InterruptedException {
        storeAgainWhatIsMissing();
        ChunkRef rootRef;
        try (ChunkReader metadata = repository.newReader(newHasher(), ChunkType.META)) {
            TreeWriter tree =
                    new TreeWriter(
                            parentTree,
                            volumeBytes,
                            metadata,
                            packs,
                            new KeyedHasher(repository.keys().metaKey()));
            results.forEachPage(tree::set);
            rootRef = root.write(tree.finish(), packs);
        }
        boolean oneMixedPack = packs.isSmall();
        packs.finishAll();
        uploader.drain();
        if (!oneMixedPack) {
            putSegment();
        }
        return rootRef;
    }

    /// W6. What is stored again may find other packs, which may be missing too.
    private void storeAgainWhatIsMissing() throws InterruptedException {
        Set<PackId> missing = session.missing(results.foreignPacks());
        while (!missing.isEmpty()) {
            repository.cache().condemn(missing);
            redo(results.referringTo(missing));
            missing = session.missing(results.foreignPacks());
        }
    }

    private void keepLeafList(PackId pack, MemorySegment content) {
        if (session.stores()) {
            repository.cache().putLeafList(pack, content);
        }
    }

    private void putSegment() {
        synchronized (segment) {
            if (!segment.isEmpty()) {
                repository.cache().noteSegment(session.putIndexSegment(segment.finish()));
            }
        }
    }

    /// Where packs go, and what is done once they are durable. Called by the uploader's threads.
    private final class Uploads implements PackUploader.Destination {
        @Override
        public void put(PackId id, boolean metadata, MemorySegment bytes) {
            session.putPack(id, metadata, bytes);
            counters.progress.storedBytes.add(bytes.byteSize());
        }

        @Override
        public void durable(PackUploader.Finished pack) {
            if (!session.stores()) {
                return;
            }
            repository.cache().add(pack.chunks());
            sessionIndex.durable(pack.id());
            synchronized (segment) {
                if (!segment.hasRoomFor(pack.chunks().size())) {
                    putSegment();
                }
                pack.chunks().forEach(segment::add);
            }
        }
    }

    /// Ends all threads and gives the memory back; what was not finished is dropped.
    @Override
    public void close() {
        sessionIndex.close();
        readers.close();
        uploader.close();
        packs.close();
        results.close();
        segment.close();
        buffers.close();
    }
}
