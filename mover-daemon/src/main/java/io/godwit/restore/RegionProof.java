package io.godwit.restore;

import io.godwit.device.ReadFailure;
import io.godwit.digest.Kernel;
import io.godwit.repository.Repository;
import io.godwit.volume.RegionMap;
import io.godwit.volume.Regions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/// Compares parts of a target with the snapshot byte by byte, where digests say that they differ or
/// say nothing.
///
/// What was written is fetched once more, so it is dear, and rare. Any thread may ask; one region
/// at a time is looked at, since it is gathered in memory.
final class RegionProof implements AutoCloseable {
    private static final int PART_BYTES = 1 << 20;

    private final TargetWindow window;
    private final OrderedOutput expected;
    private final RegionRestorer restorer;
    private final MemorySegment found = Arena.ofAuto().allocate(PART_BYTES, 4096);

    RegionProof(Repository repository, Kernel kernel, TargetWindow window) {
        this.window = window;
        RestoreCounters aside = new RestoreCounters();
        this.expected = new OrderedOutput(window, aside);
        this.restorer =
                new RegionRestorer(
                        repository, repository.newHasher(kernel), expected.window(), aside);
    }

    /// Notes as bad what the target does not hold as the map says.
    ///
    /// @param doubtful units of the map
    synchronized void check(RegionMap map, long region, BitSet doubtful) {
        long offset = region * Regions.REGION_BYTES;
        expected.begin(region, map.regionLength());
        restorer.restore(map, offset, doubtful);
        int grain = map.grain();
        for (int from = doubtful.nextSetBit(0); from >= 0; ) {
            int to = doubtful.nextClearBit(from);
            long end = Math.min((long) to * grain, map.regionLength());
            compare(
                    offset,
                    Math.max(offset + (long) from * grain, window.from()),
                    Math.min(offset + end, window.to()));
            from = doubtful.nextSetBit(to);
        }
    }

    private void compare(long regionOffset, long from, long to) {
        for (long at = from; at < to; ) {
            int length = (int) Math.min(PART_BYTES - at % PART_BYTES, to - at);
            try {
                window.target().read(at - window.from(), found, 0, length);
                note(regionOffset, at, length);
            } catch (ReadFailure unreadable) {
                window.bad(at, length, "the target cannot be read back");
            }
            at += length;
        }
    }

    private void note(long regionOffset, long offset, int length) {
        for (int done = 0; done < length; ) {
            int block = Math.min(Regions.LEAF_BYTES, length - done);
            long at = offset + done - regionOffset;
            if (MemorySegment.mismatch(found, done, done + block, expected.region(), at, at + block)
                    >= 0) {
                window.bad(offset + done, block, "the target does not hold what was written");
            }
            done += block;
        }
    }

    @Override
    public void close() {
        restorer.close();
    }
}
