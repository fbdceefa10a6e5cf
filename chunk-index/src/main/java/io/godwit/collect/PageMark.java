package io.godwit.collect;

import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.volume.ChunkTable;
import io.godwit.volume.PageChain;
import io.godwit.volume.PageLoader;
import io.godwit.volume.RecordSource;
import io.godwit.volume.RegionMap;
import io.godwit.volume.Relocation;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Finds what one page after the other needs. Belongs to one thread.
///
/// These are its own pack, those of the pages below a patch, and those of its effective extents:
/// what patches have covered is not needed any more.
final class PageMark {
    private final PageLoader pages;
    private final Relocation relocation;
    private final PageChain chain = new PageChain();
    private final RegionMap map = new RegionMap();
    private final BitSet slots = new BitSet();
    private final BitSet packs = new BitSet();
    private final List<PackId> needed = new ArrayList<>();
    private final List<ChunkRef> chunks = new ArrayList<>();

    PageMark(RecordSource metadata, Relocation relocation) {
        this.pages = new PageLoader(metadata);
        this.relocation = relocation;
    }

    /// @param found used under its own lock, since several threads mark pages at once
    void mark(ChunkRef page, References found) {
        pages.load(page, map, chain);
        map.relocate(relocation);
        needed.clear();
        chunks.clear();
        gatherSlots();
        gather(found);
        synchronized (found) {
            needed.forEach(found::pack);
            chunks.forEach(found::chunk);
        }
    }

    private void gatherSlots() {
        slots.clear();
        packs.clear();
        for (int extent = 0; extent < map.extentCount(); extent++) {
            int slot = map.slot(extent);
            if (slot != RegionMap.HOLE) {
                slots.set(slot);
                packs.set(map.chunks().packOf(slot));
            }
        }
    }

    /// Most packs are known to be well used: of these no chunk is looked at.
    private void gather(References found) {
        ChunkTable table = map.chunks();
        for (ChunkRef part : chain.pages()) {
            chunks.add(relocation.locate(part));
        }
        BitSet wanted = new BitSet();
        synchronized (found) {
            for (int pack = packs.nextSetBit(0); pack >= 0; pack = packs.nextSetBit(pack + 1)) {
                wanted.set(pack, found.wantsChunks(table.pack(pack)));
            }
        }
        for (int pack = packs.nextSetBit(0); pack >= 0; pack = packs.nextSetBit(pack + 1)) {
            if (!wanted.get(pack)) {
                needed.add(table.pack(pack));
            }
        }
        for (int slot = slots.nextSetBit(0); slot >= 0; slot = slots.nextSetBit(slot + 1)) {
            if (wanted.get(table.packOf(slot))) {
                chunks.add(table.ref(slot));
            }
        }
    }
}
