package io.godwit.restore;

import io.godwit.chunk.ChunkHasher;
import io.godwit.chunk.ChunkType;
import io.godwit.commit.CatalogueEntry;
import io.godwit.device.BlockSource;
import io.godwit.device.BlockSources;
import io.godwit.device.BlockTarget;
import io.godwit.device.BlockTargets;
import io.godwit.device.TargetFacts;
import io.godwit.device.TargetRequest;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pipeline.MoverSettings;
import io.godwit.pipeline.RunListener;
import io.godwit.pipeline.WorkerCrew;
import io.godwit.repository.ChunkReader;
import io.godwit.repository.PackLeafLists;
import io.godwit.repository.Repository;
import io.godwit.volume.LeafExpectation;
import io.godwit.volume.PageLoader;
import io.godwit.volume.PageRef;
import io.godwit.volume.RegionMap;
import io.godwit.volume.Regions;
import io.godwit.volume.Root;
import io.godwit.volume.TreeReader;
import io.godwit.volume.VolumeTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Restores one snapshot: reads its tree, and the records that its pages name, and writes a device,
/// a file or a stream. It never needs the chunk index.
///
/// Regions are independent and go to workers in order. Used once, by one thread, which may be
/// interrupted.
public final class RestoreEngine {
    /// Workers beyond one for each core: as many as usually wait for the target. Who asks for one
    /// thread gets one.
    private static final int WAITING_WORKERS = 2;

    /// With a distant store they wait for that: each has one request under way.
    private static final int DISTANT_WORKERS = 12;

    /// What a worker's buffers take.
    private static final long WORKER_BYTES = 10L << 20;

    private final Repository repository;
    private final MoverSettings settings;
    private final RestoreRequest request;
    private final RestoreCounters counters;
    private final RunListener listener;

    public RestoreEngine(
            Repository repository,
            MoverSettings settings,
            RestoreRequest request,
            RestoreCounters counters,
            RunListener listener) {
        this.repository = repository;
        this.settings = settings;
        this.request = request;
        this.counters = counters;
        this.listener = listener;
    }

    /// Does all of it.
    ///
    /// @throws InterruptedException when the thread was interrupted; what is written stays, see
    ///     `--resume`
    public RestoreResult run() throws InterruptedException {
        long start = settings.nanoClock().getAsLong();
        CatalogueEntry entry = request.snapshot();
        Root root = repository.readRoot(entry);
        long from = request.offset();
        long to = end(root.volumeBytes());
        boolean begun = journal(from, to).isBegun();
        boolean goesOn = request.resume() && begun;
        TargetRequest wanted =
                new TargetRequest(
                        request.target(),
                        to - from,
                        request.force() || request.delta() || goesOn,
                        request.delta() || request.resume(),
                        request.reserved());
        if (request.delta() && !request.force() && !goesOn) {
            guardDelta(root.tree(), from, to);
        }
        try (BlockTarget target = open(wanted, begun)) {
            requirePossible(target);
            TargetWindow window = new TargetWindow(target, from, to, counters);
            RestoreJournal journal = journal(from, to);
            transfer(root.tree(), window, journal);
            long syncStart = settings.nanoClock().getAsLong();
            listener.phase("syncing", 0);
            target.sync();
            long synced = settings.nanoClock().getAsLong();
            if (request.verify()) {
                verify(root.tree(), window);
            }
            journal.delete();
            long end = settings.nanoClock().getAsLong();
            return new RestoreResult(
                    entry.snapshot().toString(),
                    target.facts().path(),
                    to - from,
                    counters.fetchedBytes.sum(),
                    counters.writtenBytes.sum(),
                    counters.skippedBytes.sum(),
                    counters.badExtents(),
                    (end - start) / 1e9,
                    (synced - syncStart) / 1e9);
        }
    }

    private BlockTarget open(TargetRequest wanted, boolean begun) {
        try {
            return BlockTargets.open(wanted);
        } catch (GodwitException refused) {
            if (!begun || request.resume() || refused.kind() != FailureKind.INVALID) {
                throw refused;
            }
            throw new GodwitException(
                            FailureKind.INVALID, String.valueOf(refused.getMessage()), refused)
                    .withObject(request.target())
                    .withHint(
                            "a restore to it was interrupted: use --resume to go on, or --force to"
                                    + " begin again");
        }
    }

    /// Before the target is opened, for that gives a file the volume's size.
    private void guardDelta(VolumeTree tree, long from, long to) {
        if (!Files.exists(Path.of(request.target()))) {
            return;
        }
        ChunkHasher hasher = repository.newHasher(settings.kernel());
        try (BlockSource held = BlockSources.open(request.target());
                ChunkReader metadata = repository.newMendingReader(hasher, ChunkType.META)) {
            new DeltaGuard(tree, metadata, hasher, held, from, to).check();
        }
    }

    private long end(long volumeBytes) {
        long from = request.offset();
        if (from > volumeBytes) {
            throw new GodwitException(
                    FailureKind.INVALID,
                    "offset is past the volume: offset=%d size=%d".formatted(from, volumeBytes));
        }
        long length = request.length().orElse(volumeBytes - from);
        if (length > volumeBytes - from) {
            throw new GodwitException(
                    FailureKind.INVALID,
                    "range reaches past the volume: offset=%d length=%d size=%d"
                            .formatted(from, length, volumeBytes));
        }
        return from + length;
    }

    private void requirePossible(BlockTarget target) {
        boolean stream = target.facts().kind() == TargetFacts.Kind.STREAM;
        if (stream && (request.delta() || request.verify() || request.resume())) {
            throw new GodwitException(
                    FailureKind.INVALID,
                    "standard output cannot be read back: --delta, --verify and --resume need a"
                            + " file or device");
        }
    }

    private RestoreJournal journal(long from, long to) {
        String what =
                "snapshot=%s from=%d to=%d".formatted(request.snapshot().snapshot(), from, to);
        Path target = canonical(Path.of(request.target()).toAbsolutePath());
        return new RestoreJournal(settings.stateDirectory(), target, what, settings.bootId());
    }

    private static Path canonical(Path target) {
        try {
            return target.toRealPath();
        } catch (IOException missing) {
            return target.normalize();
        }
    }

    private void transfer(VolumeTree tree, TargetWindow window, RestoreJournal journal)
            throws InterruptedException {
        listener.phase("restoring", window.to() - window.from());
        if (window.target().facts().kind() == TargetFacts.Kind.STREAM) {
            OrderedOutput output = new OrderedOutput(window, counters);
            new WorkerCrew(settings.threadFactory(), () -> {}).run(1, () -> stream(tree, output));
            return;
        }
        boolean goesOn = request.resume() && !window.target().facts().blank();
        BitSet finished = goesOn ? journal.finished() : new BitSet();
        journal.begin(finished);
        AtomicLong next = new AtomicLong(window.from() / Regions.REGION_BYTES);
        new WorkerCrew(settings.threadFactory(), () -> {})
                .run(workers(), () -> restoreRegions(tree, window, next, finished, journal));
    }

    private int workers() {
        if (settings.threads() == 1) {
            return 1;
        }
        int waiting = repository.store().traits().distant() ? DISTANT_WORKERS : WAITING_WORKERS;
        int room = (int) Math.max(1, settings.bufferBytes() / WORKER_BYTES);
        return Math.min(settings.threads() + waiting, Math.max(settings.threads(), room));
    }

    /// What one worker reads with.
    private final class Worker implements AutoCloseable {
        private final ChunkHasher hasher = repository.newHasher(settings.kernel());
        private final ChunkReader metadata = repository.newMendingReader(hasher, ChunkType.META);
        private final PackLeafLists lists = repository.newLeafLists();
        private final TreeReader reader = new TreeReader(metadata);
        private final PageLoader pages = new PageLoader(metadata);
        private final TargetComparison comparison =
                new TargetComparison(hasher, new LeafExpectation(lists));
        private final RegionMap map = new RegionMap();
        private final TargetWindow window;
        private final RegionRestorer restorer;

        Worker(TargetWindow shared) {
            window = shared.ofOneWorker();
            restorer = new RegionRestorer(repository, hasher, window, counters);
        }

        /// Loads what the snapshot has in a region; false when it is all hole.
        boolean load(VolumeTree tree, long region) {
            PageRef page = reader.page(tree, region);
            if (page == null) {
                map.clear(Regions.length(tree.volumeBytes(), region), Regions.LEAF_BYTES);
                return false;
            }
            pages.load(page.chunk(), map);
            return true;
        }

        @Override
        public void close() {
            restorer.close();
            lists.close();
            metadata.close();
        }
    }

    private void restoreRegions(
            VolumeTree tree,
            TargetWindow window,
            AtomicLong next,
            BitSet finished,
            RestoreJournal journal)
            throws InterruptedException {
        try (Worker worker = new Worker(window)) {
            TargetWindow own = worker.window;
            long region = next.getAndIncrement();
            while (region * Regions.REGION_BYTES < own.to()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                long length = Regions.length(tree.volumeBytes(), region);
                if (finished.get((int) region)) {
                    counters.skippedBytes.add(length);
                } else {
                    long failures = own.failures();
                    boolean worthNoting = restoreRegion(worker, tree, own, region);
                    if (worthNoting && own.failures() == failures) {
                        journal.note(region);
                    }
                }
                counters.doneBytes.add(length);
                region = next.getAndIncrement();
            }
        }
    }

    /// Returns whether it cost more than it would cost to do it once more: a hole does not.
    private boolean restoreRegion(
            Worker worker, VolumeTree tree, TargetWindow window, long region) {
        long offset = region * Regions.REGION_BYTES;
        boolean data;
        try {
            data = worker.load(tree, region);
        } catch (GodwitException e) {
            requireDamage(e);
            window.bad(
                    offset,
                    Regions.length(tree.volumeBytes(), region),
                    String.valueOf(e.getMessage()));
            return false;
        }
        BitSet wanted =
                request.delta() ? worker.comparison.differing(worker.map, offset, window) : null;
        zeroHoles(worker.map, offset, window, wanted);
        if (wanted == null) {
            reserveData(worker.map, offset, window);
        }
        worker.restorer.restore(worker.map, offset, wanted);
        if (wanted != null) {
            long differing = (long) wanted.cardinality() * worker.map.grain();
            counters.skippedBytes.add(Math.max(0, worker.map.regionLength() - differing));
        }
        return data || wanted != null;
    }

    private void verifyRegion(
            Worker worker, VolumeTree tree, TargetWindow window, long region, RegionProof proof) {
        long offset = region * Regions.REGION_BYTES;
        try {
            worker.load(tree, region);
        } catch (GodwitException e) {
            // The restore has listed it already.
            requireDamage(e);
            return;
        }
        BitSet doubtful = worker.comparison.differing(worker.map, offset, window);
        if (!doubtful.isEmpty()) {
            proof.check(worker.map, region, doubtful);
        }
    }

    private static void requireDamage(GodwitException e) {
        if (e.kind() != FailureKind.CORRUPT && e.kind() != FailureKind.NOT_FOUND) {
            throw e;
        }
    }

    private void zeroHoles(
            RegionMap map, long offset, TargetWindow window, @Nullable BitSet wanted) {
        boolean blank = window.target().facts().blank() && wanted == null && !request.resume();
        for (int extent = 0; extent < map.extentCount(); extent++) {
            if (map.slot(extent) != RegionMap.HOLE) {
                continue;
            }
            int length = map.lengthBytes(extent);
            if (blank && request.sparse()) {
                counters.skippedBytes.add(length);
            } else if (wanted == null) {
                window.zero(offset + map.startBytes(extent), length);
            } else {
                zeroWanted(map, extent, offset, window, wanted);
            }
        }
    }

    private static void zeroWanted(
            RegionMap map, int extent, long offset, TargetWindow window, BitSet wanted) {
        int end = map.start(extent) + map.length(extent);
        int from = wanted.nextSetBit(map.start(extent));
        while (from >= 0 && from < end) {
            int to = Math.min(wanted.nextClearBit(from), end);
            long start = offset + (long) from * map.grain();
            long stop = Math.min(offset + (long) to * map.grain(), offset + map.regionLength());
            window.zero(start, stop - start);
            from = wanted.nextSetBit(to);
        }
    }

    private static void reserveData(RegionMap map, long offset, TargetWindow window) {
        int extents = map.extentCount();
        int first = 0;
        while (first < extents) {
            int end = first;
            while (end < extents && map.slot(end) != RegionMap.HOLE) {
                end++;
            }
            if (end > first) {
                int from = map.startBytes(first);
                int to = end < extents ? map.startBytes(end) : map.regionLength();
                window.reserve(offset + from, to - from);
            }
            first = end + 1;
        }
    }

    private void stream(VolumeTree tree, OrderedOutput output) throws InterruptedException {
        try (Worker worker = new Worker(output.window())) {
            for (long region = request.offset() / Regions.REGION_BYTES;
                    region * Regions.REGION_BYTES < output.end();
                    region++) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                output.begin(region, Regions.length(tree.volumeBytes(), region));
                restoreRegion(worker, tree, worker.window, region);
                output.finish();
            }
        }
    }

    private void verify(VolumeTree tree, TargetWindow window) throws InterruptedException {
        listener.phase("verifying", window.to() - window.from());
        counters.doneBytes.reset();
        AtomicLong next = new AtomicLong(window.from() / Regions.REGION_BYTES);
        try (RegionProof proof = new RegionProof(repository, settings.kernel(), window)) {
            new WorkerCrew(settings.threadFactory(), () -> {})
                    .run(settings.threads(), () -> verifyRegions(tree, window, next, proof));
        }
    }

    private void verifyRegions(
            VolumeTree tree, TargetWindow window, AtomicLong next, RegionProof proof)
            throws InterruptedException {
        try (Worker worker = new Worker(window)) {
            long region = next.getAndIncrement();
            while (region * Regions.REGION_BYTES < window.to()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                verifyRegion(worker, tree, window, region, proof);
                counters.doneBytes.add(Regions.length(tree.volumeBytes(), region));
                region = next.getAndIncrement();
            }
        }
    }
}
