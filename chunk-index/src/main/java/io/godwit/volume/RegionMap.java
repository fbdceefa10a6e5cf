package io.godwit.volume;

import io.godwit.digest.KeyedHasher;
import io.godwit.pack.ChunkRef;
import org.jspecify.annotations.Nullable;

/// What one region of a volume consists of: extents in order, each a part of a chunk or a hole.
///
/// Extents cover the region without gaps or overlaps. They count in *units* of the map's grain:
/// 4096 bytes, or 1 where a chunker cuts between leaves; the last unit may be short. `skip` is
/// where in its chunk an extent starts, so that a changed leaf splits an extent and nothing is read
/// again. Chunks stand in [#chunks] by slot.
///
/// Owned and reused by one worker: it is columns of ints, and allocates nothing once it has grown.
/// Changes are gathered and merged in one pass when the extents are next read, so that thousands of
/// single [#overlay] calls in any order cost O(n log n); reading between each two of them costs a
/// pass each.
public final class RegionMap {
    /// The slot of an extent that reads as zeros.
    public static final int HOLE = -1;

    /// What no map may exceed: four times the leaves of a region, so that a decoder's memory is
    /// bounded.
    public static final int MAX_EXTENTS = 4 * Regions.REGION_LEAVES;

    private final ChunkTable chunks = new ChunkTable();
    private final MapDigest digest = new MapDigest();
    private final RegionChanges pending = new RegionChanges();
    private ExtentList extents = new ExtentList();
    private ExtentList spare = new ExtentList();
    private int regionLength;
    private int grain;

    /// A map of one whole region that is a hole, with a grain of one leaf.
    public RegionMap() {
        clear(Regions.REGION_BYTES, Regions.LEAF_BYTES);
    }

    /// Becomes one hole, without chunks.
    public void clear(int length, int grainBytes) {
        if (length <= 0 || length > Regions.REGION_BYTES) {
            throw new IllegalArgumentException("region length out of range: length=" + length);
        }
        if (grainBytes != 1 && grainBytes != Regions.LEAF_BYTES) {
            throw new IllegalArgumentException(
                    "grain is neither 1 nor a leaf: grain=" + grainBytes);
        }
        regionLength = length;
        grain = grainBytes;
        chunks.clear();
        pending.clear();
        extents.clear(unitsOf(length));
    }

    public void copyFrom(RegionMap other) {
        other.settle();
        regionLength = other.regionLength;
        grain = other.grain;
        pending.clear();
        chunks.copyFrom(other.chunks);
        extents.copyFrom(other.extents);
    }

    /// The region in bytes.
    public int regionLength() {
        return regionLength;
    }

    /// The bytes of a unit: 4096 or 1.
    public int grain() {
        return grain;
    }

    /// The region in units, a short last one included.
    public int units() {
        return unitsOf(regionLength);
    }

    /// The chunks that extents name by slot. Slots that no extent names any more stay until the map
    /// is encoded.
    public ChunkTable chunks() {
        return chunks;
    }

    /// Has extents name the places where their chunks lie now. Whether any did: extents stay as
    /// they are, and so does what the map says of the volume. For reading only: a page that is
    /// written names chunks as its parent does.
    public boolean relocate(Relocation relocation) {
        return chunks.relocate(relocation);
    }

    /// The slot of a chunk, new or known, for [#overlay].
    public int addChunk(ChunkRef ref) {
        return chunks.add(ref);
    }

    /// Lays a part of a chunk over what is there, in units.
    public void overlay(int start, int length, int slot, int skip) {
        requireFit(start, length, slot, skip);
        pending.add(start, length, slot, skip);
    }

    /// Lays zeros over what is there, in units.
    public void overlayHole(int start, int length) {
        overlay(start, length, HOLE, 0);
    }

    /// Lays a list of changes over what is there, in one pass. The list stays as it is.
    public void applyChanges(RegionChanges changes) {
        settle();
        for (int change = 0, count = changes.count(); change < count; change++) {
            requireFit(
                    changes.start(change),
                    changes.length(change),
                    changes.slot(change),
                    changes.skip(change));
        }
        merge(changes);
    }

    /// Gives the region another length and returns the first unit whose content is not known any
    /// more.
    ///
    /// A region that grew reads as a hole from there on, and that is a guess: the caller reads the
    /// volume from that unit on and overlays what it finds. One that shrank has lost nothing: the
    /// answer is its end.
    public int resize(int newLength) {
        if (newLength <= 0 || newLength > Regions.REGION_BYTES) {
            throw new IllegalArgumentException("region length out of range: length=" + newLength);
        }
        settle();
        int known = newLength > regionLength ? regionLength / grain : unitsOf(newLength);
        spare.begin();
        spare.appendSpan(extents, 0, 0, known);
        regionLength = newLength;
        if (known < units()) {
            spare.append(known, units(), HOLE, 0);
        }
        swap();
        return known;
    }

    public int extentCount() {
        settle();
        return extents.count();
    }

    /// Where an extent starts, in units.
    public int start(int extent) {
        settle();
        return extents.start(extent);
    }

    /// An extent's length in units.
    public int length(int extent) {
        settle();
        return extents.end(extent) - extents.start(extent);
    }

    /// The chunk slot of an extent, or [#HOLE].
    public int slot(int extent) {
        settle();
        return extents.slot(extent);
    }

    /// Where in its chunk an extent starts, in units; 0 for a hole.
    public int skip(int extent) {
        settle();
        return extents.skip(extent);
    }

    /// Where an extent starts, in bytes from the region's start.
    public int startBytes(int extent) {
        return start(extent) * grain;
    }

    /// An extent's length in bytes; the region's last unit may be short.
    public int lengthBytes(int extent) {
        settle();
        return endBytes(extents.end(extent)) - extents.start(extent) * grain;
    }

    /// The extent that covers a unit.
    public int find(int unit) {
        settle();
        if (unit < 0 || unit >= extents.units()) {
            throw new IndexOutOfBoundsException("no such unit: unit=" + unit);
        }
        return extents.find(unit);
    }

    /// Whether the whole region reads as zeros; then it has no page.
    public boolean isHole() {
        settle();
        return extents.count() == 1 && extents.slot(0) == HOLE;
    }

    /// Merges neighbours that continue the same chunk though it was named in two places.
    public void canonical() {
        settle();
        spare.begin();
        int last = HOLE;
        int lastSkip = 0;
        for (int extent = 0; extent < extents.count(); extent++) {
            int start = extents.start(extent);
            int slot = extents.slot(extent);
            int skip = extents.skip(extent);
            if (slot == HOLE || last == HOLE || skip != lastSkip || !chunks.sameId(last, slot)) {
                last = slot;
            }
            spare.append(start, extents.end(extent), last, skip);
            lastSkip = skip + extents.end(extent) - start;
        }
        swap();
    }

    /// The digest of what the map says about the volume's content, under the repository's meta key.
    ///
    /// It does not depend on where chunks are stored, how the page is encoded, or how often extents
    /// are split.
    public ContentDigest contentDigest(KeyedHasher hasher) {
        return digest.of(this, hasher);
    }

    /// Whether both say the same about a volume's content, wherever its chunks are stored.
    public boolean sameContent(RegionMap other) {
        settle();
        other.settle();
        return regionLength == other.regionLength
                && grain == other.grain
                && MapComparison.firstDifference(this, other, false) < 0;
    }

    /// Whether both have the same content from the same places.
    public boolean sameReferences(RegionMap other) {
        settle();
        other.settle();
        return regionLength == other.regionLength
                && grain == other.grain
                && MapComparison.firstDifference(this, other, true) < 0;
    }

    /// Checks what every map keeps.
    ///
    /// @throws IllegalStateException naming the extent at fault
    public void validate() {
        settle();
        int position = 0;
        for (int extent = 0; extent < extents.count(); extent++) {
            boolean inOrder = extents.start(extent) == position && extents.end(extent) > position;
            String fault =
                    inOrder
                            ? fault(position, length(extent), slot(extent), skip(extent))
                            : "extents have a gap or overlap";
            if (fault != null) {
                throw new IllegalStateException(fault + ": extent=" + extent);
            }
            position = extents.end(extent);
        }
        if (position != units()) {
            throw new IllegalStateException("extents end early: unit=" + position);
        }
    }

    ExtentList extents() {
        settle();
        return extents;
    }

    int endBytes(int endUnit) {
        return (int) Math.min((long) endUnit * grain, regionLength);
    }

    /// What is wrong with an extent, or null.
    @Nullable String fault(int start, int length, int slot, int skip) {
        if (start < 0 || length <= 0 || skip < 0 || length > units() - start) {
            return "extent out of range";
        }
        if (slot == HOLE) {
            return null;
        }
        if (slot < 0 || slot >= chunks.count()) {
            return "extent names no chunk";
        }
        long bytes = endBytes(start + length) - (long) start * grain;
        return (long) skip * grain + bytes > chunks.length(slot)
                ? "extent exceeds its chunk"
                : null;
    }

    static String describe(int start, int length, int slot, int skip) {
        return "start=" + start + " length=" + length + " slot=" + slot + " skip=" + skip;
    }

    private void requireFit(int start, int length, int slot, int skip) {
        String fault = fault(start, length, slot, skip);
        if (fault != null) {
            throw new IllegalArgumentException(fault + ": " + describe(start, length, slot, skip));
        }
    }

    private void settle() {
        if (!pending.isEmpty()) {
            merge(pending);
            pending.clear();
        }
    }

    private void merge(RegionChanges changes) {
        spare.merge(extents, changes);
        swap();
    }

    private void swap() {
        ExtentList merged = spare;
        spare = extents;
        extents = merged;
    }

    private int unitsOf(int bytes) {
        return (int) ((bytes + grain - 1L) / grain);
    }
}
