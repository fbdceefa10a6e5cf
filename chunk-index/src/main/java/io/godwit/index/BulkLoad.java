package io.godwit.index;

import io.godwit.chunk.ChunkId;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.rocksdb.RocksDBException;

/// Brings any number of rows into the database in order, in little memory: rows are spread over
/// parts by the first bits of their ids, spilled to one file, and then sorted part by part into
/// files that the database takes in whole.
///
/// So a rebuilt cache is one sorted run from its first day, and no row is written more than twice.
/// Owned by one thread.
final class BulkLoad implements AutoCloseable {
    /// Parts are made this large, 80 bytes a row, while there are not too many.
    private static final int PART_ROWS = 1 << 17;

    private static final int MAX_PARTS = 256;
    private static final int ROW_BYTES = MemoryRows.ROW_BYTES;

    /// Rows that are spilled together.
    private static final int BLOCK_ROWS = 256;

    private static final int BLOCK_BYTES = BLOCK_ROWS * ROW_BYTES;

    private final Path file;
    private final FileChannel channel;
    private final Arena arena = Arena.ofConfined();
    private final int shift;
    private final MemorySegment open;
    private final int[] openRows;
    private final int[][] blocks;
    private final int[] blockCount;
    private int written;

    /// @param expectedRows about how many there will be
    BulkLoad(Path scratch, long expectedRows) throws IOException {
        int parts = 2;
        while (parts < MAX_PARTS && (long) parts * PART_ROWS < expectedRows) {
            parts *= 2;
        }
        shift = Long.SIZE - Integer.numberOfTrailingZeros(parts);
        open = arena.allocate((long) parts * BLOCK_BYTES, 64);
        openRows = new int[parts];
        blocks = new int[parts][8];
        blockCount = new int[parts];
        Files.createDirectories(scratch);
        file = Files.createTempFile(scratch, "rows-", ".spill");
        channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.DELETE_ON_CLOSE);
    }

    /// Adds a segment's rows, except those in `unusable` packs. Of rows with the same id the first
    /// one counts.
    void add(SegmentReader segment, PackSet unusable) throws IOException {
        while (segment.next()) {
            if (!RowFormat.in(unusable, segment.place(), 0)) {
                add(segment.id(), segment.place());
            }
        }
    }

    private void add(ChunkId id, MemorySegment place) throws IOException {
        int part = (int) (id.word0() >>> shift);
        long at = (long) part * BLOCK_BYTES + (long) openRows[part] * ROW_BYTES;
        id.write(open, at);
        MemorySegment.copy(place, 0, open, at + ChunkId.BYTES, RowFormat.WIDE_BYTES);
        if (++openRows[part] == BLOCK_ROWS) {
            spill(part);
        }
    }

    private void spill(int part) throws IOException {
        ByteBuffer block = open.asSlice((long) part * BLOCK_BYTES, BLOCK_BYTES).asByteBuffer();
        long position = (long) written * BLOCK_BYTES;
        while (block.hasRemaining()) {
            position += channel.write(block, position);
        }
        if (blockCount[part] == blocks[part].length) {
            blocks[part] = Arrays.copyOf(blocks[part], 2 * blockCount[part]);
        }
        blocks[part][blockCount[part]++] = written++;
        openRows[part] = 0;
    }

    /// Sorts everything into `files`, part by part.
    void sortInto(SortedFiles files) throws IOException, RocksDBException {
        for (int part = 0; part < blocks.length; part++) {
            try (Arena room = Arena.ofConfined()) {
                int count = blockCount[part] * BLOCK_ROWS + openRows[part];
                MemorySegment rows = room.allocate((long) count * ROW_BYTES + 1, 64);
                load(part, rows);
                RowBuffers row = new RowBuffers(room);
                for (int number : RowOrder.of(rows, count, ROW_BYTES)) {
                    row.set(rows, (long) number * ROW_BYTES);
                    files.put(row);
                }
            }
        }
    }

    private void load(int part, MemorySegment rows) throws IOException {
        long at = 0;
        for (int i = 0; i < blockCount[part]; i++) {
            ByteBuffer block = rows.asSlice(at, BLOCK_BYTES).asByteBuffer();
            long position = (long) blocks[part][i] * BLOCK_BYTES;
            while (block.hasRemaining()) {
                int read = channel.read(block, position);
                if (read < 0) {
                    throw new IOException("spilled rows are gone: file=" + file);
                }
                position += read;
            }
            at += BLOCK_BYTES;
        }
        long rest = (long) openRows[part] * ROW_BYTES;
        MemorySegment.copy(open, (long) part * BLOCK_BYTES, rows, at, rest);
    }

    @Override
    public void close() {
        arena.close();
        try {
            channel.close();
        } catch (IOException e) {
            // It is swept when the cache is opened next.
        }
    }
}
