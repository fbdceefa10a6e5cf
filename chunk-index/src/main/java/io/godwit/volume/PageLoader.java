package io.godwit.volume;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ByteReader;
import io.godwit.pack.ChunkRef;
import java.lang.foreign.MemorySegment;

/// Reads pages and makes them effective: follows a patch to its full page and lays the patches over
/// it.
///
/// Reused by one thread; what it read stays in the caller's map and chain.
public final class PageLoader {
    private final RecordSource source;
    private final PageFormat format = new PageFormat();
    private final PageChain ownChain = new PageChain();

    public PageLoader(RecordSource source) {
        this.source = source;
    }

    /// Makes `map` what the page says in the end.
    public void load(ChunkRef page, RegionMap map) {
        load(page, map, ownChain);
    }

    /// The same, and keeps the pages that were read for [PageWriter#encode].
    public void load(ChunkRef page, RegionMap map, PageChain chain) {
        try {
            loadInPlace(page, map, chain);
        } catch (GodwitException e) {
            loadInPlace(source.replacements().insteadOf(page, e), map, chain);
        }
    }

    private void loadInPlace(ChunkRef page, RegionMap map, PageChain chain) {
        follow(page, chain);
        effective(format, chain, chain.depth(), map);
    }

    /// Makes `map` what a region's page says, and refuses a page of another length.
    ///
    /// @param regionLength as the volume's size says: [Regions#length]
    public void load(PageRef page, int regionLength, RegionMap map) {
        load(page.chunk(), map);
        requireLength(map, regionLength, page.chunk());
    }

    private static void requireLength(RegionMap map, int regionLength, ChunkRef page) {
        if (map.regionLength() != regionLength) {
            throw corrupt(
                    "page has the wrong length: length="
                            + map.regionLength()
                            + " expected="
                            + regionLength,
                    page);
        }
    }

    /// Reads a page and those below it without looking at their extents.
    public void follow(ChunkRef page, PageChain chain) {
        chain.clear();
        int depth = read(page, PageFormat.MAX_DEPTH, chain);
        ChunkRef below = page;
        while (depth > 0) {
            below = header(chain, chain.depth()).parent().orElseThrow();
            int found = read(below, depth - 1, chain);
            if (found != depth - 1) {
                throw corrupt("parent page has the wrong depth: depth=" + found, below);
            }
            depth = found;
        }
    }

    private int read(ChunkRef page, int maxDepth, PageChain chain) {
        if (page.length() > PageFormat.MAX_BYTES) {
            throw corrupt("page too long: length=" + page.length(), page);
        }
        MemorySegment content = source.read(page);
        PageHeader header = format.readHeader(reader(content, page));
        if (header.depth() > maxDepth) {
            throw corrupt("parent page has the wrong depth: depth=" + header.depth(), page);
        }
        chain.add(page, content);
        return header.depth();
    }

    /// The header of the page added `index` pages after the topmost.
    private PageHeader header(PageChain chain, int index) {
        int depth = chain.depth() - index;
        return format.readHeader(reader(chain.content(depth), chain.page(depth)));
    }

    /// Makes `map` what the page at a depth of the chain says in the end.
    static void effective(PageFormat format, PageChain chain, int depth, RegionMap map) {
        for (int at = 0; at <= depth; at++) {
            ByteReader in = reader(chain.content(at), chain.page(at));
            format.readBody(format.readHeader(in), in, map);
        }
    }

    private static ByteReader reader(MemorySegment content, ChunkRef page) {
        return new ByteReader(content, "page " + page.id());
    }

    private static GodwitException corrupt(String message, ChunkRef page) {
        return new GodwitException(FailureKind.CORRUPT, message + " page=" + page.id())
                .withObject("page " + page.id());
    }
}
