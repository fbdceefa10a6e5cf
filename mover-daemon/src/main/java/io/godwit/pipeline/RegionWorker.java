package io.godwit.pipeline;

import io.godwit.digest.KeyedHasher;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackId;
import io.godwit.volume.LeafExpectation;
import io.godwit.volume.MetaSink;
import io.godwit.volume.PageChain;
import io.godwit.volume.PageLoader;
import io.godwit.volume.PageRef;
import io.godwit.volume.PageWriter;
import io.godwit.volume.RegionMap;
import io.godwit.volume.TreeReader;
import io.godwit.volume.VolumeTree;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/// Takes region after region from the queue and leaves a page for each one that changed.
///
/// One platform thread; everything it uses but the queue, the metadata sink and the results is its
/// own.
final class RegionWorker {
    /// What a worker needs to read the parent with.
    record Parent(VolumeTree tree, TreeReader reader, PageLoader loader) {}

    private final RegionSupply regions;
    private final Parent parent;
    private final RegionScan scan;
    private final PieceSealer sealer;
    private final LeafExpectation expected;
    private final RegionRepair repair;
    private final MetaSink metadata;
    private final RegionResults results;
    private final Lock turn;
    private final int grain;
    private final KeyedHasher contentHasher;

    private final RegionPlan plan = new RegionPlan();
    private final RegionMap map = new RegionMap();
    private final PageChain chain = new PageChain();
    private final PageWriter pages = new PageWriter();

    /// @param turn held while a region is in work, so that others can wait until none is
    /// @param contentHasher under the repository's meta key
    RegionWorker(
            RegionSupply regions,
            Parent parent,
            RegionScan scan,
            PieceSealer sealer,
            LeafExpectation expected,
            RegionRepair repair,
            MetaSink metadata,
            RegionResults results,
            Lock turn,
            int grain,
            KeyedHasher contentHasher) {
        this.regions = regions;
        this.parent = parent;
        this.scan = scan;
        this.sealer = sealer;
        this.expected = expected;
        this.repair = repair;
        this.metadata = metadata;
        this.results = results;
        this.turn = turn;
        this.grain = grain;
        this.contentHasher = contentHasher;
    }

    /// Works until no region is left.
    void run() throws InterruptedException {
        while (takeRegion()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private boolean takeRegion() throws InterruptedException {
        turn.lockInterruptibly();
        try {
            if (!regions.next(plan)) {
                return false;
            }
            process();
            regions.done(plan);
            return true;
        } finally {
            turn.unlock();
        }
    }

    private void process() throws InterruptedException {
        PageRef page = parentPage();
        boolean compare = page != null && loadParent(page);
        if (!compare) {
            map.clear(plan.regionBytes(), grain);
            chain.clear();
        }
        Set<PackId> foreign = new HashSet<>();
        sealer.begin(map, foreign);
        long changed = scan.run(plan, map, compare, false);
        map.applyChanges(sealer.changes());
        if (compare && changed > 0) {
            mend(changed);
        }
        results.found(plan.region(), changed, holesBytes());
        write(page, compare, foreign);
    }

    private long holesBytes() {
        long sum = 0;
        for (int extent = 0; extent < map.extentCount(); extent++) {
            sum += map.slot(extent) == RegionMap.HOLE ? map.lengthBytes(extent) : 0;
        }
        return sum;
    }

    private @Nullable PageRef parentPage() {
        VolumeTree tree = parent.tree();
        boolean within = plan.regionOffset() < tree.volumeBytes();
        return within ? parent.reader().page(tree, plan.region()) : null;
    }

    /// Loads what the parent has here; false when it is of no use: its grain is another one, or it
    /// is damaged, and the region is read as a whole.
    private boolean loadParent(PageRef page) {
        try {
            parent.loader().load(page.chunk(), map, chain);
        } catch (GodwitException e) {
            LostExtents.requireLoss(e);
            if (plan.plannedLeaves() < plan.regionLeaves() && !plan.restIsHole()) {
                throw e;
            }
            return false;
        }
        if (map.grain() != grain) {
            return false;
        }
        if (map.regionLength() != plan.regionBytes()) {
            map.resize(plan.regionBytes());
        }
        expected.lay(map);
        return true;
    }

    /// Cuts worn parts of the map afresh, within the run's budget.
    private void mend(long changed) throws InterruptedException {
        RegionPlan worn = repair.plan(plan, map, changed);
        if (worn.spans() > 0) {
            expected.lay(map);
            sealer.restart();
            scan.run(worn, map, true, true);
            map.applyChanges(sealer.changes());
        }
    }

    private void write(@Nullable PageRef page, boolean onParent, Set<PackId> foreign) {
        if (map.isHole()) {
            if (page != null || results.has(plan.region())) {
                results.put(plan.region(), null, foreign);
            }
            return;
        }
        MemorySegment content = pages.encode(map, onParent ? chain : null);
        if (pages.outcome() == PageWriter.Outcome.UNCHANGED && page != null) {
            results.keep(plan.region());
            return;
        }
        PageRef written =
                new PageRef(
                        metadata.put(content, (int) content.byteSize()),
                        map.contentDigest(contentHasher));
        results.put(plan.region(), written, foreign);
    }
}
