package io.godwit.collect;

import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.volume.ChunkTable;
import io.godwit.volume.PageChain;
import io.godwit.volume.PageLoader;
import io.godwit.volume.RecordSource;
import io.godwit.volume.RegionMap;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/// Finds the packs that one page after the other needs. Belongs to one thread.
///
/// These are its own pack, those of the pages below a patch, and those of its effective extents:
/// what patches have covered is not needed any more.
final class PageMark {
    private final PageLoader pages;
    private final PageChain chain = new PageChain();
    private final RegionMap map = new RegionMap();
    private final BitSet named = new BitSet();

    PageMark(RecordSource metadata) {
        this.pages = new PageLoader(metadata);
    }

    Set<PackId> packs(ChunkRef page) {
        pages.load(page, map, chain);
        Set<PackId> packs = new HashSet<>();
        chain.pages().forEach(part -> packs.add(part.record().pack()));
        ChunkTable chunks = map.chunks();
        named.clear();
        for (int extent = 0; extent < map.extentCount(); extent++) {
            int slot = map.slot(extent);
            if (slot != RegionMap.HOLE) {
                named.set(chunks.packOf(slot));
            }
        }
        named.stream().forEach(number -> packs.add(chunks.pack(number)));
        return packs;
    }
}
