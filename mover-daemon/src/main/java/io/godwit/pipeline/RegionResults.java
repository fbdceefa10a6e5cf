package io.godwit.pipeline;

import io.godwit.pack.PackId;
import io.godwit.volume.PageRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What became of the regions of a run: new pages by region, and which packs of others they newly refer to.
/// Any thread.
final class RegionResults {
    private final NavigableMap<Long, Optional<PageRef>> pages = new TreeMap<>();
    private final TreeMap<Long, Set<PackId>> foreign = new TreeMap<>();
    private final Map<Long, Found> found = new HashMap<>();
    private final RunCounters counters;

    private record Found(long changedBytes, long holesBytes) {}

    private static final Found NOTHING = new Found(0, 0);

    RegionResults(RunCounters counters) {
        this.counters = counters;
    }

    /// What was found in the region; when it is done once more, this replaces what was found before.
    synchronized void found(long region, long changedBytes, long holesBytes) {
        Found now = new Found(changedBytes, holesBytes);
        Found before = found.put(region, now);
        Found old = before == null ? NOTHING : before;
        counters.progress.changedBytes.add(now.changedBytes - old.changedBytes);
        counters.holesBytes.add(now.holesBytes - old.holesBytes);
    }

    synchronized boolean has(long region) {
        return pages.containsKey(region);
    }

    /// The region has a new page, or none because it became a hole.
    synchronized void put(long region, @Nullable PageRef page, Set<PackId> foreignPacks) {
        pages.put(region, Optional.ofNullable(page));
        if (foreignPacks.isEmpty()) {
            foreign.remove(region);
        } else {
            foreign.put(region, foreignPacks);
        }
    }

    /// The region's page stays the parent's.
    synchronized void keep(long region) {
        pages.remove(region);
        foreign.remove(region);
    }

    /// New pages in the order of regions; empty where a region became a hole.
    synchronized NavigableMap<Long, Optional<PageRef>> pages() {
        return new TreeMap<>(pages);
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
}
