package io.godwit.pipeline;

import io.godwit.device.BlockSource;
import io.godwit.device.BlockSources;
import io.godwit.device.Extent;
import io.godwit.device.ReadFailure;
import io.godwit.device.SourceFacts;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/// A file of which a test sees every read, and some blocks of which may fail.
final class WatchedSource implements BlockSource {
    private final BlockSource below;
    final Set<Long> badBlocks = new ConcurrentSkipListSet<>();
    final AtomicLong bytesRead = new AtomicLong();
    volatile LongConsumer beforeRead = offset -> {};

    WatchedSource(String path) {
        below = BlockSources.open(path);
    }

    @Override
    public SourceFacts facts() {
        return below.facts();
    }

    @Override
    public long size() {
        return below.size();
    }

    @Override
    public void read(long offset, MemorySegment target, long targetOffset, int length) {
        beforeRead.accept(offset);
        long first = offset / BLOCK_BYTES;
        for (long block = first; block * BLOCK_BYTES < offset + length; block++) {
            if (badBlocks.contains(block)) {
                Extent bad = new Extent(block * BLOCK_BYTES, BLOCK_BYTES);
                int before = (int) (bad.offset() - offset);
                if (before > 0) {
                    below.read(offset, target, targetOffset, before);
                }
                throw new ReadFailure(path(), "planted", List.of(bad));
            }
        }
        bytesRead.addAndGet(length);
        below.read(offset, target, targetOffset, length);
    }

    @Override
    public long nextData(long from) {
        return below.nextData(from);
    }

    @Override
    public long nextHole(long from) {
        return below.nextHole(from);
    }

    @Override
    public void checkUnchanged() {
        below.checkUnchanged();
    }

    @Override
    public boolean modified() {
        return below.modified();
    }

    @Override
    public void close() {
        below.close();
    }
}
