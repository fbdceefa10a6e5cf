package io.godwit.volume;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ByteReader;
import io.godwit.format.ByteWriter;
import io.godwit.pack.ChunkRef;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;

/// The bytes of a page: a region map, whole (*full*) or as changes to another page (*patch*).
///
/// | field | type | notes |
/// |---|---|---|
/// | kind | u8 | 0x50 |
/// | version | u8 | 1 |
/// | flags | u8 | 0; a flag that a reader does not know means that the page is too new |
/// | depth | u8 | 0: full; 1 to 9: a patch on a page of depth - 1 |
/// | grain | u8 | log2 of the bytes in a unit: 12, or 0 |
/// | region length | varint | bytes; 1 to 64 MiB |
/// | parent | [ChunkTableFormat] | one reference; only in a patch |
/// | chunks | [ChunkTableFormat] | in the order in which extents name them first; each is named |
/// | extents | tokens | until they cover the region exactly |
///
/// A token is a varint `value << 3 | kind`:
///
/// | kind | value | then | meaning |
/// |---|---|---|---|
/// | 0 hole | units | | zeros |
/// | 1 whole | count | | the next so many chunks of the list, each one whole |
/// | 2 part | units | varint skip | a part of the next chunk of the list |
/// | 3 again | units | varint skip, varint back | a part of a chunk named before: `back` behind the newest |
/// | 4 kept | units | | what the parent says; only in a patch |
///
/// A patch whose region length differs from its parent's first cuts the parent's map, or lengthens
/// it by a hole from its last whole unit on. So a fresh page of 1100 chunks is 1100 ids, 7 bytes
/// for each, and one token.
///
/// Reused by one thread. [PageWriter] decides between full and patch, [PageLoader] follows parents.
public final class PageFormat {
    /// Depths end here, so that a reader follows at most this many pages.
    public static final int MAX_DEPTH = 9;

    /// No page is longer, so that a reader's memory is bounded: a region of 16384 one-leaf chunks,
    /// each from another session's pack, takes 1.3 MiB.
    public static final int MAX_BYTES = 4 << 20;

    static final int KIND = 0x50;
    static final int VERSION = 1;

    private static final int HOLE = 0;
    private static final int WHOLE = 1;
    private static final int PART = 2;
    private static final int AGAIN = 3;
    private static final int KEPT = 4;
    private static final int TOKEN_BITS = 3;

    /// Stands for a parent's extents in a script.
    private static final int KEPT_SLOT = -2;

    private final ChunkTableFormat tables = new ChunkTableFormat();
    private final ExtentList script = new ExtentList();
    private final RegionChanges changes = new RegionChanges();
    private int[] codes = new int[64];
    private int[] order = new int[64];
    private int named;

    /// Appends a map as a full page.
    void writeFull(RegionMap map, ByteWriter out) {
        writeHeader(map, 0, out);
        writeBody(map, map.extents(), out);
    }

    /// Appends what differs from `base`, which is the effective map of `parent`, resized to this
    /// map's length. Returns whether anything differs; if not, nothing useful was written.
    boolean writePatch(RegionMap map, RegionMap base, ChunkRef parent, int depth, ByteWriter out) {
        if (depth < 1 || depth > MAX_DEPTH) {
            throw new IllegalArgumentException("depth out of range: " + depth);
        }
        script.begin();
        MapComparison walk = new MapComparison(map, base, true);
        ExtentList extents = map.extents();
        boolean differs = false;
        int extent = 0;
        while (walk.next()) {
            keepUntil(walk.start() / map.grain());
            int end = (walk.end() + map.grain() - 1) / map.grain();
            extent = script.appendSpan(extents, extent, script.units(), end);
            differs = true;
        }
        keepUntil(map.units());
        writeHeader(map, depth, out);
        tables.writeOne(out, parent);
        writeBody(map, script, out);
        return differs;
    }

    private void keepUntil(int unit) {
        if (unit > script.units()) {
            script.append(script.units(), unit, KEPT_SLOT, script.units());
        }
    }

    private static void writeHeader(RegionMap map, int depth, ByteWriter out) {
        out.u8(KIND).u8(VERSION).u8(0).u8(depth);
        out.u8(Integer.numberOfTrailingZeros(map.grain())).varint(map.regionLength());
    }

    private void writeBody(RegionMap map, ExtentList extents, ByteWriter out) {
        nameChunks(map.chunks().count(), extents);
        tables.write(out, map.chunks(), order, named);
        writeTokens(map, extents, out);
        if (extents.count() > RegionMap.MAX_EXTENTS || out.size() > MAX_BYTES) {
            throw new GodwitException(
                            FailureKind.INVALID,
                            "region has too many extents: extents=" + extents.count())
                    .withHint("choose a chunker with larger chunks");
        }
    }

    /// Numbers the chunks in the order in which extents name them first.
    private void nameChunks(int slots, ExtentList extents) {
        codes = codes.length < slots ? new int[Math.max(slots, 2 * codes.length)] : codes;
        order = order.length < slots ? new int[codes.length] : order;
        Arrays.fill(codes, 0, slots, -1);
        named = 0;
        for (int extent = 0; extent < extents.count(); extent++) {
            int slot = extents.slot(extent);
            if (slot >= 0 && codes[slot] < 0) {
                codes[slot] = named;
                order[named++] = slot;
            }
        }
    }

    private void writeTokens(RegionMap map, ExtentList extents, ByteWriter out) {
        int seen = 0;
        int run = 0;
        for (int extent = 0; extent < extents.count(); extent++) {
            int slot = extents.slot(extent);
            int units = extents.end(extent) - extents.start(extent);
            boolean fresh = slot >= 0 && codes[slot] == seen;
            seen += fresh ? 1 : 0;
            if (fresh && isWhole(map, extents, extent)) {
                run++;
                continue;
            }
            run = writeRun(run, out);
            if (slot < 0) {
                token(out, slot == RegionMap.HOLE ? HOLE : KEPT, units);
            } else {
                token(out, fresh ? PART : AGAIN, units);
                out.varint(extents.skip(extent));
                if (!fresh) {
                    out.varint(seen - 1 - codes[slot]);
                }
            }
        }
        writeRun(run, out);
    }

    private static boolean isWhole(RegionMap map, ExtentList extents, int extent) {
        int bytes = map.endBytes(extents.end(extent)) - extents.start(extent) * map.grain();
        return extents.skip(extent) == 0 && bytes == map.chunks().length(extents.slot(extent));
    }

    private static int writeRun(int run, ByteWriter out) {
        if (run > 0) {
            token(out, WHOLE, run);
        }
        return 0;
    }

    private static void token(ByteWriter out, int kind, int value) {
        out.varint(value << TOKEN_BITS | kind);
    }

    /// Reads a page's header; what follows is for [#readBody].
    PageHeader readHeader(ByteReader in) {
        FormatVersion.require(in, KIND, VERSION, "page");
        int depth = in.u8();
        int shift = in.u8();
        int regionLength = in.varint(Regions.REGION_BYTES);
        boolean grainKnown = shift == 0 || 1 << shift == Regions.LEAF_BYTES;
        if (depth > MAX_DEPTH || !grainKnown || regionLength == 0) {
            throw in.corrupt("page header malformed: depth=" + depth + " grain=" + shift);
        }
        Optional<ChunkRef> parent = depth == 0 ? Optional.empty() : Optional.of(tables.readOne(in));
        return new PageHeader(1 << shift, regionLength, depth, parent);
    }

    /// Reads the rest of a page. `map` becomes what a full page says; for a patch it holds the
    /// parent's effective map and becomes the patch's.
    void readBody(PageHeader header, ByteReader in, RegionMap map) {
        if (!header.isPatch()) {
            map.clear(header.regionLength(), header.grain());
        } else if (map.grain() != header.grain()) {
            throw in.corrupt("patch differs from its parent in grain");
        } else if (map.regionLength() != header.regionLength()) {
            map.resize(header.regionLength());
        }
        int[] slots = tables.read(in, map.chunks(), RegionMap.MAX_EXTENTS);
        readTokens(in, map, slots, header.isPatch());
        in.end();
        map.applyChanges(changes);
        if (map.extentCount() > RegionMap.MAX_EXTENTS) {
            throw in.corrupt("page has too many extents: extents=" + map.extentCount());
        }
    }

    private void readTokens(ByteReader in, RegionMap map, int[] slots, boolean patch) {
        changes.clear();
        int seen = 0;
        int position = 0;
        int units = map.units();
        while (position < units) {
            int token = in.varint();
            int kind = token & (1 << TOKEN_BITS) - 1;
            int value = token >>> TOKEN_BITS;
            boolean known = kind < KEPT || (kind == KEPT && patch);
            if (!known || value == 0 || value > units - position) {
                throw in.corrupt("extent malformed: unit=" + position + " token=" + token);
            }
            if (kind == WHOLE) {
                position = readRun(in, map, slots, seen, value, position);
                seen += value;
                continue;
            }
            if (kind == HOLE) {
                changes.addHole(position, value);
            } else if (kind != KEPT) {
                int skip = in.varint();
                int chunk = kind == PART ? seen++ : seen - 1 - in.varint();
                readExtent(in, map, chunkOf(in, slots, chunk, seen), position, value, skip);
            }
            position += value;
        }
        if (seen != slots.length) {
            throw in.corrupt("chunks that no extent names: count=" + (slots.length - seen));
        }
    }

    private int readRun(
            ByteReader in, RegionMap map, int[] slots, int first, int count, int start) {
        int position = start;
        for (int chunk = first; chunk < first + count; chunk++) {
            int slot = chunkOf(in, slots, chunk, chunk + 1);
            int bytes = map.chunks().length(slot);
            int units = (int) ((bytes + map.grain() - 1L) / map.grain());
            readExtent(in, map, slot, position, units, 0);
            if (map.endBytes(position + units) - position * map.grain() != bytes) {
                throw in.corrupt("whole chunk ends inside a unit: unit=" + position);
            }
            position += units;
        }
        return position;
    }

    private static int chunkOf(ByteReader in, int[] slots, int chunk, int seen) {
        if (chunk < 0 || chunk >= seen || chunk >= slots.length) {
            throw in.corrupt("extent names no chunk: chunk=" + chunk);
        }
        return slots[chunk];
    }

    private void readExtent(
            ByteReader in, RegionMap map, int slot, int start, int units, int skip) {
        String fault = map.fault(start, units, slot, skip);
        if (fault != null) {
            throw in.corrupt(fault + ": " + RegionMap.describe(start, units, slot, skip));
        }
        changes.add(start, units, slot, skip);
    }

    /// Reads only a page's header, for whoever follows references and needs no extents.
    public static PageHeader header(MemorySegment page, ChunkRef ref) {
        return new PageFormat().readHeader(new ByteReader(page, "page " + ref.id()));
    }
}
