package io.godwit.device;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Reads the extents that its owner will want next into tiles, several at once, and hands them over in order.
///
/// Owned by one thread, the consumer, which calls everything but the reads themselves; those run on the threads of a
/// [ReaderPool], or on the consumer when no reader has got to the tile that it wants. A tile never spans extents.
/// At most `depth` tiles exist; while the consumer holds some, so many fewer are read ahead, so hold one or two.
///
/// Blocks that cannot be read do not end it: they are zero in their tile, which says so ([Tile#failure]).
/// Any other failure is thrown by [#next].
public final class ReadAhead implements AutoCloseable {
    private final BlockReader source;
    private final ReaderPool readers;
    private final BufferPool buffers;
    private final int headroom;
    private final int tileBytes;
    private final Tile[] tiles;

    /// Extents that were not asked for yet; of the first one, bytes before `resume` were.
    private final ArrayDeque<Extent> extents = new ArrayDeque<>();

    private long resume;
    private final ArrayDeque<Tile> inFlight;
    private volatile @Nullable Thread consumer;
    private volatile boolean cancelled;
    private boolean closed;

    /// @param headroomBytes room in front of each tile's data, a multiple of the block
    /// @param tileBytes of data in a tile, a multiple of the block; with the headroom at most a pool's buffer
    /// @param depth tiles in all, at least 2; they are taken from the pool here
    public ReadAhead(
            BlockReader source,
            ReaderPool readers,
            BufferPool buffers,
            int headroomBytes,
            int tileBytes,
            int depth) {
        if (headroomBytes < 0
                || tileBytes <= 0
                || (headroomBytes | tileBytes) % BlockReader.BLOCK_BYTES != 0
                || headroomBytes + tileBytes > buffers.bufferBytes()
                || depth < 2) {
            throw new IllegalArgumentException(
                    "bad tiles: headroom="
                            + headroomBytes
                            + " tile="
                            + tileBytes
                            + " buffer="
                            + buffers.bufferBytes()
                            + " depth="
                            + depth);
        }
        this.source = source;
        this.readers = readers;
        this.buffers = buffers;
        this.headroom = headroomBytes;
        this.tileBytes = tileBytes;
        this.tiles = new Tile[depth];
        this.inFlight = new ArrayDeque<>(depth);
        for (int i = 0; i < depth; i++) {
            MemorySegment buffer = buffers.acquire();
            tiles[i] = new Tile(this, buffer.asSlice(0, headroomBytes + tileBytes), headroomBytes);
        }
    }

    /// Adds an extent behind those that were added before and starts to read it. The offset is a multiple of the
    /// block, the length too unless it ends where the volume ends.
    public void add(long offset, long length) {
        if (offset % BlockReader.BLOCK_BYTES != 0) {
            throw new IllegalArgumentException("extent is not aligned: offset=" + offset);
        }
        queue(offset, length);
        startReads();
    }

    public void add(ExtentList list) {
        for (int i = 0; i < list.size(); i++) {
            add(list.offset(i), list.length(i));
        }
    }

    private void queue(long offset, long length) {
        extents.add(new Extent(offset, length));
        if (extents.size() == 1) {
            resume = offset;
        }
    }

    /// The next tile, waiting for it, or null when everything that was added was delivered.
    public @Nullable Tile next() {
        consumer = Thread.currentThread();
        startReads();
        Tile tile = inFlight.poll();
        if (tile == null) {
            if (!extents.isEmpty()) {
                throw new IllegalStateException("all tiles are held: depth=" + tiles.length);
            }
            return null;
        }
        readers.withdraw(tile);
        tile.readIfWaiting();
        tile.take();
        return tile;
    }

    /// Drops everything that was added and not delivered. Tiles that are held stay valid until released.
    public void clear() {
        consumer = Thread.currentThread();
        cancelled = true;
        extents.clear();
        inFlight.forEach(readers::withdraw);
        inFlight.forEach(Tile::forget);
        inFlight.clear();
        cancelled = false;
    }

    void released() {
        if (!closed) {
            startReads();
        }
    }

    private void startReads() {
        for (Tile tile : tiles) {
            Extent extent = extents.peek();
            if (extent == null) {
                return;
            }
            if (tile.isIdle()) {
                int length = (int) Math.min(tileBytes, extent.end() - resume);
                boolean last = resume + length == extent.end();
                tile.prepare(resume, length, last);
                resume += length;
                if (last) {
                    extents.remove();
                    Extent following = extents.peek();
                    resume = following == null ? 0 : following.offset();
                }
                inFlight.add(tile);
                readers.submit(tile);
            }
        }
    }

    @Nullable ReadFailure read(Tile tile) {
        int whole = (int) Bounds.roundUp(tile.length());
        return Salvage.read(source, tile.offset(), tile.buffer(), headroom, whole, () -> cancelled);
    }

    @Nullable Thread consumer() {
        return consumer;
    }

    /// Drops what is in flight, after the reads that run, and gives the buffers back. Every tile must have been released
    /// or never be touched again.
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        clear();
        for (Tile tile : tiles) {
            buffers.release(tile.buffer());
        }
    }
}
