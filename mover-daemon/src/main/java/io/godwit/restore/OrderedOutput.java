package io.godwit.restore;

import io.godwit.device.BlockTarget;
import io.godwit.device.TargetFacts;
import io.godwit.volume.Regions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Puts a stream's bytes into order: a region is gathered in memory as its records come, then
/// written at once.
///
/// Owned by one worker. To it, the region in memory is a target like any other.
final class OrderedOutput implements BlockTarget {
    private final TargetWindow outer;
    private final TargetWindow inner;
    private final MemorySegment region = Arena.ofAuto().allocate(Regions.REGION_BYTES, 4096);
    private long regionOffset;
    private int regionLength;

    OrderedOutput(TargetWindow stream, RestoreCounters counters) {
        this.outer = stream;
        this.inner = new TargetWindow(this, stream.from(), stream.to(), counters);
    }

    /// Where a region's parts are written to.
    TargetWindow window() {
        return inner;
    }

    long end() {
        return outer.to();
    }

    void begin(long number, int length) {
        regionOffset = number * Regions.REGION_BYTES;
        regionLength = length;
        region.fill((byte) 0);
    }

    /// The region's bytes as far as they have come.
    MemorySegment region() {
        return region;
    }

    /// Writes the region to the stream.
    void finish() {
        long from = Math.max(regionOffset, outer.from());
        long to = Math.min(regionOffset + regionLength, outer.to());
        if (from < to) {
            outer.target()
                    .write(from - outer.from(), region, from - regionOffset, (int) (to - from));
        }
    }

    @Override
    public TargetFacts facts() {
        return outer.target().facts();
    }

    @Override
    public long size() {
        return outer.to() - outer.from();
    }

    @Override
    public void write(long offset, MemorySegment source, long sourceOffset, int length) {
        MemorySegment.copy(source, sourceOffset, region, at(offset), length);
    }

    @Override
    public void zero(long offset, long length) {
        // every region starts as zeros
    }

    @Override
    public void read(long offset, MemorySegment target, long targetOffset, int length) {
        MemorySegment.copy(region, at(offset), target, targetOffset, length);
    }

    /// Where in the region a byte of the stream stands.
    private long at(long offset) {
        return outer.from() + offset - regionOffset;
    }

    @Override
    public void sync() {}

    @Override
    public void close() {}
}
