package io.godwit.pipeline;

import io.godwit.pack.PackId;
import io.godwit.volume.PageRef;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What became of the regions of a run: new pages by region, and which packs of others they newly
/// refer to.
///
/// Regions that came to nothing new cost nothing; the others about a hundred bytes each, outside
/// the heap ([PageRows]), so that a volume of many terabytes does not fill it. Any thread.
final class RegionResults implements AutoCloseable {
    private final TreeMap<Long, PageRows> rows = new TreeMap<>();
    private final TreeMap<Long, Set<PackId>> foreign = new TreeMap<>();
    private final RunCounters counters;

    RegionResults(RunCounters counters) {
        this.counters = counters;
    }

    /// Takes pages in the order of regions.
    interface PageVisitor {
        /// The region has a new page.
        ///
        /// @param page null where the region became a hole
        void page(long region, @Nullable PageRef page);
    }

    private PageRows rowsOf(long region) {
        return rows.computeIfAbsent(region / PageRows.COUNT, _ -> new PageRows());
    }

    private static int row(long region) {
        return (int) (region % PageRows.COUNT);
    }

    /// What was found in the region; when it is done once more, this replaces what was found
    /// before.
    synchronized void found(long region, long changedBytes, long holesBytes) {
        PageRows block = rowsOf(region);
        int row = row(region);
        counters.progress.changedBytes.add(changedBytes - block.changedBytes(row));
        counters.holesBytes.add(holesBytes - block.holesBytes(row));
        block.found(row, (int) changedBytes, (int) holesBytes);
    }

    synchronized boolean has(long region) {
        PageRows block = rows.get(region / PageRows.COUNT);
        return block != null && block.has(row(region));
    }

    /// The region has a new page, or none because it became a hole.
    synchronized void put(long region, @Nullable PageRef page, Set<PackId> foreignPacks) {
        rowsOf(region).put(row(region), page);
        if (foreignPacks.isEmpty()) {
            foreign.remove(region);
        } else {
            foreign.put(region, foreignPacks);
        }
    }

    /// The region's page stays the parent's.
    synchronized void keep(long region) {
        rowsOf(region).remove(row(region));
        foreign.remove(region);
    }

    /// Shows the new pages in the order of regions.
    synchronized void forEachPage(PageVisitor visitor) {
        rows.forEach(
                (number, block) -> {
                    for (int row = block.next(0); row >= 0; row = block.next(row + 1)) {
                        visitor.page(number * PageRows.COUNT + row, block.page(row));
                    }
                });
    }

    /// The regions whose pages newly refer to any of these packs.
    synchronized List<Long> referringTo(Set<PackId> packs) {
        List<Long> regions = new ArrayList<>();
        foreign.forEach(
                (region, referred) -> {
                    if (referred.stream().anyMatch(packs::contains)) {
                        regions.add(region);
                    }
                });
        return regions;
    }

    synchronized Set<PackId> foreignPacks() {
        Set<PackId> all = new HashSet<>();
        foreign.values().forEach(all::addAll);
        return all;
    }

    @Override
    public synchronized void close() {
        rows.values().forEach(PageRows::close);
        rows.clear();
    }
}
