package io.godwit.device;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
final class ReadAheadTest {
    private static final int BLOCK = BlockSource.BLOCK_BYTES;
    private static final int HEADROOM = 2 * BLOCK;
    private static final int TILE = 4 * BLOCK;

    private final Slab slab = new Slab(1 << 20);
    private final BufferPool buffers = dirty(slab.carve("tiles", HEADROOM + TILE, 8));
    private final ReaderPool readers = new ReaderPool(Threads.named("reader"), 3);

    /// A buffer of zeros would hide bytes that a read forgot to write.
    private static BufferPool dirty(BufferPool pool) {
        List<MemorySegment> all = new ArrayList<>();
        for (int i = 0; i < pool.count(); i++) {
            all.add(pool.acquire().fill((byte) 0x5a));
        }
        all.forEach(pool::release);
        return pool;
    }

    @AfterEach
    void returnsEveryBuffer() {
        assertThat(buffers.available()).isEqualTo(buffers.count());
        readers.close();
        slab.close();
    }

    private ReadAhead over(BlockSource source, int depth) {
        return new ReadAhead(source, readers, buffers, HEADROOM, TILE, depth);
    }

    private static void assertHolds(Tile tile, long from, long to, long size) {
        for (long position = from; position < to; position++) {
            long index = tile.dataOffset() + position - tile.offset();
            byte expected = position < size ? PatternSource.at(position) : 0;
            assertThat(tile.buffer().get(JAVA_BYTE, index))
                    .as("byte %d", position)
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 4095, 4096, 4097, TILE - 1, TILE, TILE + 1, 5 * TILE + 4097})
    void deliversAVolumeOfAnySizeInOrder(long size) {
        try (ReadAhead ahead = over(new PatternSource(size, true), 3)) {
            ahead.add(0, size);
            long position = 0;
            for (Tile tile = ahead.next(); tile != null; tile = ahead.next()) {
                assertThat(tile.offset()).isEqualTo(position);
                assertThat(tile.failure()).isNull();
                long wholeEnd = (position + tile.length() + BLOCK - 1) & -BLOCK;
                assertHolds(tile, position, wholeEnd, size);
                position += tile.length();
                assertThat(tile.isLast()).isEqualTo(position == size);
                tile.release();
            }
            assertThat(position).isEqualTo(size);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void deliversRandomExtentsWithReleasesInAnyOrder(long seed) {
        Random random = new Random(seed);
        long size = 900L * BLOCK + random.nextInt(BLOCK);
        ExtentList extents = new ExtentList();
        long at = 0;
        while (at < size) {
            long length = Math.min(size - at, (1L + random.nextInt(9)) * BLOCK);
            extents.add(at, length);
            at += length + (1L + random.nextInt(9)) * BLOCK;
        }
        try (ReadAhead ahead = over(new PatternSource(size, true), 4)) {
            int added = 0;
            int extent = 0;
            long position = extents.offset(0);
            List<Tile> held = new ArrayList<>();
            while (extent < extents.size()) {
                while (added < extents.size() && (added <= extent || random.nextBoolean())) {
                    ahead.add(extents.offset(added), extents.length(added));
                    added++;
                }
                Tile tile = ahead.next();
                assertThat(tile).isNotNull();
                assertThat(tile.offset()).isEqualTo(position);
                assertHolds(tile, position, position + tile.length(), size);
                position += tile.length();
                if (tile.isLast()) {
                    assertThat(position).isEqualTo(extents.offset(extent) + extents.length(extent));
                    extent++;
                    position = extent < extents.size() ? extents.offset(extent) : -1;
                }
                held.add(tile);
                while (held.size() > 3 || (!held.isEmpty() && random.nextBoolean())) {
                    held.remove(random.nextInt(held.size())).release();
                }
            }
            held.forEach(Tile::release);
            assertThat(ahead.next()).isNull();
        }
    }

    @Test
    void leavesTheHeadroomToTheConsumer() {
        try (ReadAhead ahead = over(new PatternSource(4L * TILE, true), 2)) {
            ahead.add(0, 4L * TILE);
            Tile before = ahead.next();
            assertThat(before).isNotNull();
            for (int i = 0; i < 3; i++) {
                Tile tile = ahead.next();
                assertThat(tile).isNotNull();
                long carried = HEADROOM - 100;
                MemorySegment.copy(
                        before.buffer(),
                        before.dataOffset() + TILE - 100L,
                        tile.buffer(),
                        carried,
                        100);
                assertHolds(tile, tile.offset() - 100, tile.offset() + TILE, 4L * TILE);
                before.release();
                before = tile;
            }
            before.release();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void namesExactlyTheBadBlocksAndKeepsTheOthers(boolean deliversPrefix) {
        long size = 3L * TILE + 10;
        // Two neighbours, one alone, and the short last one.
        PatternSource source = new PatternSource(size, deliversPrefix, 1L, 2L, 7L, 12L);
        try (ReadAhead ahead = over(source, 3)) {
            ahead.add(0, size);
            List<Extent> bad = new ArrayList<>();
            for (Tile tile = ahead.next(); tile != null; tile = ahead.next()) {
                ReadFailure failure = tile.failure();
                if (failure != null) {
                    bad.addAll(failure.bad());
                }
                for (int block = 0; block * BLOCK < tile.length(); block++) {
                    long start = tile.offset() + (long) block * BLOCK;
                    boolean isBad =
                            bad.stream().anyMatch(e -> e.offset() <= start && start < e.end());
                    if (isBad) {
                        long from = tile.dataOffset() + (long) block * BLOCK;
                        assertThat(
                                        tile.buffer()
                                                .asSlice(from, BLOCK)
                                                .mismatch(MemorySegment.ofArray(new byte[BLOCK])))
                                .isEqualTo(-1);
                    } else {
                        assertHolds(tile, start, Math.min(start + BLOCK, size), size);
                    }
                }
                tile.release();
            }
            assertThat(bad)
                    .containsExactly(
                            new Extent(BLOCK, 2L * BLOCK),
                            new Extent(7L * BLOCK, BLOCK),
                            new Extent(12L * BLOCK, 10));
        }
    }

    @Test
    void findsALoneBadBlockWithFewReads() {
        int length = 256 * BLOCK;
        for (boolean deliversPrefix : new boolean[] {true, false}) {
            PatternSource source = new PatternSource(length, deliversPrefix, 100L);
            ReadFailure failure =
                    Salvage.read(
                            source, 0, Arena.ofAuto().allocate(length), 0, length, () -> false);
            assertThat(failure).isNotNull();
            assertThat(failure.bad()).containsExactly(new Extent(100L * BLOCK, BLOCK));
            assertThat(source.reads.get()).isLessThanOrEqualTo(17);
        }
    }

    @Test
    void givesUpAFailedReadAsAWholeWhenCancelled() {
        PatternSource source = new PatternSource(TILE, true, 1L);
        ReadFailure failure =
                Salvage.read(source, 0, Arena.ofAuto().allocate(TILE), 0, TILE, () -> true);
        assertThat(failure).isNotNull();
        assertThat(failure.bad()).containsExactly(new Extent(BLOCK, 3L * BLOCK));
        assertThat(source.reads.get()).isEqualTo(1);
    }

    @Test
    void keepsAnInterruptForItsOwner() {
        try (ReadAhead ahead = over(new PatternSource(3L * TILE, true), 2)) {
            ahead.add(0, 3L * TILE);
            Thread.currentThread().interrupt();
            Tile tile = ahead.next();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(tile).isNotNull();
            assertHolds(tile, 0, TILE, 3L * TILE);
            tile.release();
        }
    }

    @Test
    void throwsAnyOtherFailureWhereItsTileIsDue() {
        PatternSource source = new PatternSource(4L * TILE, true);
        source.failsAt = TILE + 1;
        try (ReadAhead ahead = over(source, 4)) {
            ahead.add(0, 4L * TILE);
            Tile first = ahead.next();
            assertThat(first).isNotNull();
            first.release();
            assertThatThrownBy(ahead::next)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("planted");
        }
    }

    @Test
    void readsSeveralTilesAtOnce() throws Exception {
        PatternSource source = new PatternSource(8L * TILE, true);
        source.gate = new CountDownLatch(1);
        try (ReadAhead ahead = over(source, 4)) {
            ahead.add(0, 8L * TILE);
            while (source.inFlight.get() < 3) {
                Thread.sleep(1);
            }
            source.gate.countDown();
        }
        assertThat(source.mostInFlight).hasValue(3);
        assertThat(source.reads.get()).isLessThanOrEqualTo(4);
    }

    @Test
    void readsItselfWhenNoReaderDoes() {
        ThreadFactory none = task -> Thread.ofPlatform().daemon().unstarted(() -> {});
        try (ReaderPool idle = new ReaderPool(none, 1);
                ReadAhead ahead =
                        new ReadAhead(
                                new PatternSource(3L * TILE, true),
                                idle,
                                buffers,
                                HEADROOM,
                                TILE,
                                2)) {
            ahead.add(0, 3L * TILE);
            int tiles = 0;
            for (Tile tile = ahead.next(); tile != null; tile = ahead.next()) {
                assertHolds(tile, tile.offset(), tile.offset() + tile.length(), 3L * TILE);
                tile.release();
                tiles++;
            }
            assertThat(tiles).isEqualTo(3);
        }
    }

    @Test
    void startsAnewAfterClear() {
        try (ReadAhead ahead = over(new PatternSource(100L * TILE, true), 4)) {
            ahead.add(0, 50L * TILE);
            Tile held = ahead.next();
            assertThat(held).isNotNull();
            ahead.clear();
            assertHolds(held, 0, TILE, 100L * TILE);
            ahead.add(60L * TILE, 1);
            Tile tile = ahead.next();
            assertThat(tile).isNotNull();
            assertThat(tile.offset()).isEqualTo(60L * TILE);
            assertThat(tile.isLast()).isTrue();
            tile.release();
            held.release();
            assertThat(ahead.next()).isNull();
        }
    }

    @Test
    void refusesToWaitForItself() {
        try (ReadAhead ahead = over(new PatternSource(9L * TILE, true), 2)) {
            ahead.add(0, 9L * TILE);
            Tile first = ahead.next();
            Tile second = ahead.next();
            assertThatThrownBy(ahead::next).hasMessageContaining("all tiles are held");
            assertThat(first).isNotNull();
            assertThat(second).isNotNull();
            first.release();
            assertThatThrownBy(first::release).isInstanceOf(IllegalStateException.class);
            second.release();
        }
    }

    @Test
    void namesItsThreads() {
        ThreadFactory factory = Threads.named("godwit-reader");
        List<String> names = new ArrayList<>();
        try (ReaderPool pool =
                new ReaderPool(
                        task -> {
                            Thread thread = factory.newThread(task);
                            names.add(thread.getName());
                            return thread;
                        },
                        2)) {
            assertThat(pool).isNotNull();
        }
        assertThat(names).containsExactly("godwit-reader-0", "godwit-reader-1");
    }
}
