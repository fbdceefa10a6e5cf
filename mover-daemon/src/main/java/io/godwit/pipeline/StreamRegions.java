package io.godwit.pipeline;

import static io.godwit.pipeline.RegionPlan.REGION_BYTES;

import io.godwit.device.BlockSource;
import io.godwit.device.BufferPool;
import io.godwit.device.SourceFacts;
import io.godwit.device.StreamSource;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ConcurrentHashMap;

/// Makes regions of a stream: a worker that asks for one reads it whole into a buffer, while others
/// work on theirs.
///
/// To the readers it is a source of which only the regions in work can be read. As many regions are
/// in memory as there are buffers.
final class StreamRegions implements RegionSupply, BlockSource {
    private final StreamSource stream;
    private final BufferPool buffers;
    private final ConcurrentHashMap<Long, MemorySegment> inWork = new ConcurrentHashMap<>();
    private long next;

    /// @param buffers of one region each
    StreamRegions(StreamSource stream, BufferPool buffers) {
        this.stream = stream;
        this.buffers = buffers;
    }

    @Override
    public synchronized boolean next(RegionPlan plan) {
        if (stream.ended()) {
            return false;
        }
        MemorySegment buffer = buffers.acquire();
        int filled = stream.fill(buffer, 0, (int) REGION_BYTES);
        if (filled == 0) {
            buffers.release(buffer);
            return false;
        }
        long region = next++;
        inWork.put(region, buffer);
        plan.begin(region, region * REGION_BYTES + filled, true);
        plan.add(plan.regionOffset(), plan.regionEnd());
        return true;
    }

    @Override
    public void done(RegionPlan plan) {
        MemorySegment buffer = inWork.remove(plan.region());
        if (buffer != null) {
            buffers.release(buffer);
        }
    }

    @Override
    public SourceFacts facts() {
        return stream.facts();
    }

    @Override
    public long size() {
        return stream.size();
    }

    @Override
    public void read(long offset, MemorySegment target, long targetOffset, int length) {
        MemorySegment region = inWork.get(offset / REGION_BYTES);
        if (region == null) {
            throw new IllegalStateException("not in memory any more: offset=" + offset);
        }
        MemorySegment.copy(region, offset % REGION_BYTES, target, targetOffset, length);
    }

    @Override
    public long nextData(long from) {
        return stream.nextData(from);
    }

    @Override
    public long nextHole(long from) {
        return stream.nextHole(from);
    }

    @Override
    public void checkUnchanged() {}

    @Override
    public boolean modified() {
        return false;
    }

    @Override
    public void close() {
        stream.close();
    }
}
