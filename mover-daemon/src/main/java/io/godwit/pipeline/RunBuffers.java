package io.godwit.pipeline;

import static io.godwit.digest.LeafHasher.LEAF_BYTES;

import io.godwit.device.BufferPool;
import io.godwit.device.Slab;
import io.godwit.pack.PackLimits;
import io.godwit.pack.PackWriter;
import java.lang.foreign.MemorySegment;

/// The off-heap memory of one run, carved from one slab within the budget: tiles for reading,
/// buffers for packs.
///
/// A pack buffer for each worker, one for metadata, and at least one in flight; tiles for each
/// worker, and for one that does regions again: whatever the budget leaves
/// becomes more packs in flight, and where it does not suffice, there are fewer workers.
final class RunBuffers implements AutoCloseable {
    private static final int TILE_BYTES = 1 << 20;
    private static final int TILES_PER_WORKER = 4;
    private static final int MAX_IN_FLIGHT = 4;

    final int workers;
    final int headroom;
    final int packsInFlight;
    private final Slab slab;
    private final BufferPool tiles;
    private final BufferPool packs;

    /// @param lookahead bytes that the chunker may leave undecided
    /// @param longestPiece of the chunker, in bytes
    RunBuffers(long budget, int wantedWorkers, int lookahead, int longestPiece) {
        headroom = roundUp(lookahead + 8 * LEAF_BYTES);
        int tile = headroom + TILE_BYTES;
        int pack =
                PackWriter.bufferBytes(
                        PackLimits.TARGET_BYTES, Math.max(longestPiece, PieceSealer.RECORD_BYTES));
        long perWorker = (long) TILES_PER_WORKER * tile + pack;
        long shared = 2L * pack + (long) TILES_PER_WORKER * tile;
        workers = Math.clamp((budget - shared) / perWorker, 1, wantedWorkers);
        long left = budget - shared - workers * perWorker;
        packsInFlight = Math.clamp(1 + left / pack, 1, MAX_IN_FLIGHT);
        int packBuffers = workers + 1 + packsInFlight;
        int tileBuffers = (workers + 1) * TILES_PER_WORKER;
        slab =
                new Slab(
                        (long) packBuffers * roundUp(pack)
                                + (long) tileBuffers * tile
                                + LEAF_BYTES);
        tiles = slab.carve("tiles", tile, tileBuffers);
        packs = slab.carve("packs", pack, packBuffers);
    }

    private static int roundUp(int bytes) {
        return (bytes + LEAF_BYTES - 1) & -LEAF_BYTES;
    }

    /// The tiles of one worker.
    MemorySegment[] takeTiles() {
        MemorySegment[] taken = new MemorySegment[TILES_PER_WORKER];
        for (int i = 0; i < taken.length; i++) {
            taken[i] = tiles.acquire();
        }
        return taken;
    }

    void returnTiles(MemorySegment[] taken) {
        for (MemorySegment tile : taken) {
            tiles.release(tile);
        }
    }

    int tileCount() {
        return tiles.count();
    }

    BufferPool packs() {
        return packs;
    }

    @Override
    public void close() {
        slab.close();
    }
}
