package io.godwit.volume;

/// Walks two maps of the same region side by side and yields the spans in which they differ.
///
/// Both are read in bytes, so that they may differ in grain and in length; what lies behind the
/// shorter one's end is no span of this walk. A hole equals a hole; data equals data when the same
/// part of the same chunk stands there, and with `places` only when it also stands in the same
/// place.
final class MapComparison {
    private final RegionMap one;
    private final RegionMap other;
    private final boolean places;
    private final int limit;
    private int position;
    private int oneExtent;
    private int otherExtent;
    private int start;
    private int end;

    MapComparison(RegionMap one, RegionMap other, boolean places) {
        this.one = one;
        this.other = other;
        this.places = places;
        limit = Math.min(one.regionLength(), other.regionLength());
    }

    /// The first byte in which two maps differ up to the shorter one's end, or -1.
    static int firstDifference(RegionMap one, RegionMap other, boolean places) {
        MapComparison walk = new MapComparison(one, other, places);
        return walk.next() ? walk.start() : -1;
    }

    /// Goes to the next span that differs, merged with those that touch it; false when there is
    /// none.
    boolean next() {
        boolean found = false;
        while (position < limit) {
            int step = stepEnd();
            boolean same = same();
            if (same && found) {
                return true;
            }
            if (!same) {
                start = found ? start : position;
                end = step;
                found = true;
            }
            advance(step);
        }
        return found;
    }

    /// Where the span starts, in bytes from the region's start.
    int start() {
        return start;
    }

    /// Where the span ends, in bytes from the region's start.
    int end() {
        return end;
    }

    private int stepEnd() {
        return Math.min(limit, Math.min(endOf(one, oneExtent), endOf(other, otherExtent)));
    }

    private void advance(int step) {
        oneExtent += endOf(one, oneExtent) == step ? 1 : 0;
        otherExtent += endOf(other, otherExtent) == step ? 1 : 0;
        position = step;
    }

    private boolean same() {
        int oneSlot = one.slot(oneExtent);
        int otherSlot = other.slot(otherExtent);
        if (oneSlot == RegionMap.HOLE || otherSlot == RegionMap.HOLE) {
            return oneSlot == otherSlot;
        }
        return inChunk(one, oneExtent) == inChunk(other, otherExtent)
                && (places
                        ? one.chunks().sameRef(oneSlot, other.chunks(), otherSlot)
                        : one.chunks().sameId(oneSlot, other.chunks(), otherSlot));
    }

    private long inChunk(RegionMap map, int extent) {
        return (long) map.skip(extent) * map.grain() + position - map.startBytes(extent);
    }

    private static int endOf(RegionMap map, int extent) {
        return map.startBytes(extent) + map.lengthBytes(extent);
    }
}
