package io.godwit.volume;

import io.godwit.pack.BadPlaces;
import io.godwit.pack.LeafList;
import io.godwit.pack.PackId;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What every leaf of a region should hash to, going by its map and the leaf lists of the packs it
/// names.
///
/// So a run without a list of changed blocks finds its changed leaves by comparison. A leaf is a
/// *hole*, *known* by the first 16 bytes of its digest, or *unknown*: its list is missing, or its
/// chunk does not lie on the grid of leaves. An unknown leaf is no claim at all: whoever compares
/// treats it as different.
///
/// Owned by one worker and reused for region after region: 256 KiB of digests off the heap, nothing
/// allocated.
public final class LeafExpectation {
    /// What is known of a leaf.
    public enum State {
        UNKNOWN,
        HOLE,
        KNOWN
    }

    private static final int DIGEST_BYTES = LeafList.DIGEST_BYTES;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final int NONE = -1;

    private static final byte UNKNOWN = 0;
    private static final byte HOLE = 1;
    private static final byte KNOWN = 2;

    private final LeafListSource lists;
    private final BadPlaces bad;
    private final RegionMap moved = new RegionMap();
    private final MemorySegment digests =
            Arena.ofAuto().allocate((long) Regions.REGION_LEAVES * DIGEST_BYTES, Long.BYTES);
    private final byte[] states = new byte[Regions.REGION_LEAVES];

    /// Extents by pack, so that each list is asked for once: the first of each pack, and the next
    /// of each extent.
    private int[] firstOfPack = new int[16];

    private int[] nextOfExtent = new int[64];

    public LeafExpectation(LeafListSource lists) {
        this(lists, BadPlaces.NONE);
    }

    /// The same, but that nothing is known of what is lost.
    ///
    /// @param bad places whose content is lost: nothing is known of leaves that stand there
    public LeafExpectation(LeafListSource lists, BadPlaces bad) {
        this.lists = lists;
        this.bad = bad;
    }

    /// Lays out a region. What lies behind the map's end is unknown.
    public void lay(RegionMap map) {
        boolean complete = layWithLists(relocated(map));
        if (!complete) {
            // Lists of packs were missing that were repacked since.
            boolean _ = layWithLists(relocated(map));
        }
    }

    /// The map itself unless packs that it names were repacked.
    private RegionMap relocated(RegionMap map) {
        Relocation relocation = lists.relocation();
        ChunkTable chunks = map.chunks();
        for (int pack = 0; pack < chunks.packCount(); pack++) {
            if (relocation.moved(chunks.pack(pack))) {
                moved.copyFrom(map);
                moved.relocate(relocation);
                return moved;
            }
        }
        return map;
    }

    /// False when a pack turned out to be repacked: then it is worth being done once more.
    private boolean layWithLists(RegionMap map) {
        boolean complete = true;
        Arrays.fill(states, UNKNOWN);
        ChunkTable chunks = map.chunks();
        group(map, chunks);
        for (int pack = 0; pack < chunks.packCount(); pack++) {
            if (firstOfPack[pack] == NONE) {
                continue;
            }
            PackId name = chunks.pack(pack);
            boolean wasMoved = lists.relocation().moved(name);
            @Nullable LeafList list = lists.leafList(name);
            complete &= wasMoved || !lists.relocation().moved(name);
            int extent = list == null ? NONE : firstOfPack[pack];
            while (list != null && extent != NONE) {
                layExtent(map, extent, list);
                extent = nextOfExtent[extent];
            }
        }
        return complete;
    }

    public State state(int leaf) {
        return switch (states[leaf]) {
            case HOLE -> State.HOLE;
            case KNOWN -> State.KNOWN;
            default -> State.UNKNOWN;
        };
    }

    public boolean isHole(int leaf) {
        return states[leaf] == HOLE;
    }

    public boolean isKnown(int leaf) {
        return states[leaf] == KNOWN;
    }

    /// The first 8 bytes of a known leaf's digest, in the machine's byte order.
    public long word0(int leaf) {
        return digests.get(WORD, (long) leaf * DIGEST_BYTES);
    }

    /// The second 8 bytes of a known leaf's digest, in the machine's byte order.
    public long word1(int leaf) {
        return digests.get(WORD, (long) leaf * DIGEST_BYTES + Long.BYTES);
    }

    private void group(RegionMap map, ChunkTable chunks) {
        int extents = map.extentCount();
        if (firstOfPack.length < chunks.packCount()) {
            firstOfPack = new int[2 * chunks.packCount()];
        }
        if (nextOfExtent.length < extents) {
            nextOfExtent = new int[2 * extents];
        }
        Arrays.fill(firstOfPack, 0, chunks.packCount(), NONE);
        for (int extent = extents - 1; extent >= 0; extent--) {
            int slot = map.slot(extent);
            if (slot == RegionMap.HOLE) {
                Arrays.fill(states, firstLeaf(map, extent), endLeaf(map, extent), HOLE);
            } else if (!bad.contain(chunks.pack(chunks.packOf(slot)), chunks.ordinal(slot))) {
                int pack = chunks.packOf(slot);
                nextOfExtent[extent] = firstOfPack[pack];
                firstOfPack[pack] = extent;
            }
        }
    }

    /// The first leaf that starts in an extent, never behind [#endLeaf].
    private static int firstLeaf(RegionMap map, int extent) {
        int first = Math.ceilDiv(map.startBytes(extent), Regions.LEAF_BYTES);
        return Math.min(first, endLeaf(map, extent));
    }

    /// The leaf behind the last one that lies in an extent as a whole; the region's last may be
    /// short.
    private static int endLeaf(RegionMap map, int extent) {
        int end = map.startBytes(extent) + map.lengthBytes(extent);
        return end == map.regionLength()
                ? Math.ceilDiv(end, Regions.LEAF_BYTES)
                : end / Regions.LEAF_BYTES;
    }

    private void layExtent(RegionMap map, int extent, LeafList list) {
        int slot = map.slot(extent);
        int shift = map.skip(extent) * map.grain() - map.startBytes(extent);
        int entry = list.find(map.chunks().ordinal(slot), map.chunks().plainOffset(slot));
        int chunkLength = map.chunks().length(slot);
        boolean fits = entry >= 0 && list.leafCount(entry) == LeafList.leavesOf(chunkLength);
        if (!fits || shift % Regions.LEAF_BYTES != 0) {
            return;
        }
        int first = firstLeaf(map, extent);
        int end = endLeaf(map, extent);
        if (end > first && !sameLength(map, end - 1, chunkLength, shift)) {
            end--;
        }
        if (end > first) {
            int chunkLeaf = first + shift / Regions.LEAF_BYTES;
            long target = (long) first * DIGEST_BYTES;
            list.copyDigests(entry, chunkLeaf, end - first, digests, target);
            Arrays.fill(states, first, end, KNOWN);
        }
    }

    /// Whether a leaf is as long in the region as in its chunk; a short one has another digest.
    private static boolean sameLength(RegionMap map, int leaf, int chunkLength, int shift) {
        int start = leaf * Regions.LEAF_BYTES;
        int inRegion = Math.min(Regions.LEAF_BYTES, map.regionLength() - start);
        int inChunk = Math.min(Regions.LEAF_BYTES, chunkLength - (start + shift));
        return inRegion == inChunk;
    }
}
