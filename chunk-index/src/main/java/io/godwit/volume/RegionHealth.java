package io.godwit.volume;

import java.util.Arrays;

/// How worn a region's map is, and which spans of it to cut into chunks afresh.
///
/// A chunk is *worn* when over half of its units are no longer named in the region: its record is
/// fetched for little. A map is *fragmented* when it has over twice the extents that the same data
/// would have in fresh chunks. A span is a row of neighbouring data extents that are worn or short,
/// and that holds a worn one or, in a fragmented map, would have fewer extents afterwards. Spans
/// are chosen worst first, as far as the budget goes, and listed in ascending order, which is how
/// they are read.
public final class RegionHealth {
    /// What the leaf chunker cuts on average: 15 leaves.
    public static final int AVERAGE_CHUNK_BYTES = 15 * Regions.LEAF_BYTES;

    /// No chunker of ours cuts shorter pieces but at the ends of data: 8 leaves.
    private static final int SHORT_BYTES = 8 * Regions.LEAF_BYTES;

    /// What an extent too many weighs against bytes stored for nothing: about a request's share of
    /// a restore.
    private static final int EXTENT_WEIGHT_BYTES = Regions.LEAF_BYTES;

    private static final int WORN_RATIO = 2;
    private static final int FRAGMENTED_RATIO = 2;

    private final RegionMap map;
    private final int averageBytes;
    private final int[] liveUnits;
    private final int freshExtents;

    private int[] starts = new int[8];
    private int[] lengths = new int[8];
    private double[] scores = new double[8];
    private int spans;

    private RegionHealth(RegionMap map, int averageBytes) {
        this.map = map;
        this.averageBytes = averageBytes;
        liveUnits = liveUnits(map);
        freshExtents = freshExtents(map, averageBytes);
    }

    /// Examines a map whose chunks are cut by the leaf chunker.
    public static RegionHealth of(RegionMap map, long budgetBytes) {
        return of(map, budgetBytes, AVERAGE_CHUNK_BYTES);
    }

    /// Examines a map, and chooses spans of at most `budgetBytes` in all.
    ///
    /// @param averageBytes of a fresh chunk
    public static RegionHealth of(RegionMap map, long budgetBytes, int averageBytes) {
        RegionHealth health = new RegionHealth(map, averageBytes);
        health.findSpans();
        health.choose(budgetBytes);
        return health;
    }

    /// How many units of its chunk the region still names, each once.
    public int liveUnits(int slot) {
        return liveUnits[slot];
    }

    /// How many units the chunk has.
    public int totalUnits(int slot) {
        return units(map, map.chunks().length(slot));
    }

    /// Whether over half of a chunk that the region names is not named any more.
    public boolean isWorn(int slot) {
        return liveUnits[slot] > 0 && WORN_RATIO * (long) liveUnits[slot] < totalUnits(slot);
    }

    /// How many extents the same data and holes would have in fresh chunks.
    public int freshExtents() {
        return freshExtents;
    }

    public boolean isFragmented() {
        return map.extentCount() > FRAGMENTED_RATIO * (long) freshExtents;
    }

    /// How many spans were chosen.
    public int spans() {
        return spans;
    }

    /// Where a span starts, in bytes from the region's start.
    public int startBytes(int span) {
        return starts[span];
    }

    public int lengthBytes(int span) {
        return lengths[span];
    }

    /// Bytes won for each byte cut afresh; larger is worse.
    public double score(int span) {
        return scores[span];
    }

    private static int[] liveUnits(RegionMap map) {
        ChunkTable chunks = map.chunks();
        long[] seen = new long[chunks.count()];
        int[] live = new int[chunks.count()];
        for (int extent = 0; extent < map.extentCount(); extent++) {
            int slot = map.slot(extent);
            if (slot == RegionMap.HOLE) {
                continue;
            }
            int length = map.length(extent);
            int total = units(map, chunks.length(slot));
            if (total <= Long.SIZE) {
                seen[slot] |= -1L >>> (Long.SIZE - length) << map.skip(extent);
                live[slot] = Long.bitCount(seen[slot]);
            } else {
                live[slot] = (int) Math.min(total, (long) live[slot] + length);
            }
        }
        return live;
    }

    private static int freshExtents(RegionMap map, int averageBytes) {
        int extents = 0;
        int run = 0;
        for (int extent = 0; extent < map.extentCount(); extent++) {
            if (map.slot(extent) == RegionMap.HOLE) {
                extents += 1 + Math.ceilDiv(run, averageBytes);
                run = 0;
            } else {
                run += map.lengthBytes(extent);
            }
        }
        return extents + Math.ceilDiv(run, averageBytes);
    }

    private static int units(RegionMap map, int bytes) {
        return Math.ceilDiv(bytes, map.grain());
    }

    private void findSpans() {
        int extent = 0;
        while (extent < map.extentCount()) {
            int first = extent;
            while (extent < map.extentCount() && isWornOrShort(extent)) {
                extent++;
            }
            if (extent > first) {
                consider(first, extent);
            }
            extent++;
        }
    }

    private boolean isWornOrShort(int extent) {
        int slot = map.slot(extent);
        return slot != RegionMap.HOLE && (isWorn(slot) || map.lengthBytes(extent) < SHORT_BYTES);
    }

    private void consider(int first, int end) {
        double lost = 0;
        int bytes = 0;
        for (int extent = first; extent < end; extent++) {
            int slot = map.slot(extent);
            bytes += map.lengthBytes(extent);
            if (isWorn(slot)) {
                double share = (double) map.length(extent) / liveUnits[slot];
                lost += share * (totalUnits(slot) - liveUnits[slot]) * map.grain();
            }
        }
        int fewer = end - first - Math.ceilDiv(bytes, averageBytes);
        if (lost > 0 || (isFragmented() && fewer > 0)) {
            double won = lost + (double) EXTENT_WEIGHT_BYTES * Math.max(0, fewer);
            add(map.startBytes(first), bytes, won / bytes);
        }
    }

    private void add(int start, int length, double score) {
        if (spans == starts.length) {
            starts = Arrays.copyOf(starts, 2 * spans);
            lengths = Arrays.copyOf(lengths, 2 * spans);
            scores = Arrays.copyOf(scores, 2 * spans);
        }
        starts[spans] = start;
        lengths[spans] = length;
        scores[spans++] = score;
    }

    /// Keeps the worst spans; one that exceeds what is left of the budget is cut to it, in whole
    /// leaves.
    private void choose(long budgetBytes) {
        Integer[] worstFirst = new Integer[spans];
        Arrays.setAll(worstFirst, span -> span);
        Arrays.sort(worstFirst, (one, other) -> Double.compare(scores[other], scores[one]));
        long left = budgetBytes;
        for (int span : worstFirst) {
            long room = left - left % Regions.LEAF_BYTES;
            boolean fits = lengths[span] <= left;
            lengths[span] = fits ? lengths[span] : room < SHORT_BYTES ? 0 : (int) room;
            left -= lengths[span];
        }
        int kept = 0;
        for (int span = 0; span < spans; span++) {
            if (lengths[span] > 0) {
                starts[kept] = starts[span];
                lengths[kept] = lengths[span];
                scores[kept++] = scores[span];
            }
        }
        spans = kept;
    }
}
