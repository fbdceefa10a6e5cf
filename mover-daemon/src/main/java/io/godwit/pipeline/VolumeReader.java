package io.godwit.pipeline;

import static io.godwit.device.BlockSource.BLOCK_BYTES;

import io.godwit.device.BlockSource;
import io.godwit.device.Extent;
import io.godwit.device.ReadFailure;
import io.godwit.device.Salvage;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Reads a source for the tiles: paced, counted, and going on behind what cannot be read.
///
/// Blocks that fail are delivered as zeros and remembered; their list ends up in the result and in
/// the snapshot, so that no later run takes them for what the volume held. Any thread may call.
final class VolumeReader {
    private final BlockSource source;
    private final ReadPacer pacer;
    private final RunProgress progress;
    private final List<Extent> unreadable = new ArrayList<>();

    VolumeReader(BlockSource source, ReadPacer pacer, RunProgress progress) {
        this.source = source;
        this.pacer = pacer;
        this.progress = progress;
    }

    BlockSource source() {
        return source;
    }

    /// Fills whole blocks of `target`: bytes behind the last one of the volume are zeros.
    void read(long offset, MemorySegment target, long at, int length) {
        pacer.pace(length);
        BooleanSupplier ending = Thread.currentThread()::isInterrupted;
        ReadFailure failure = Salvage.read(source, offset, target, at, length, ending);
        if (failure != null) {
            remember(failure.bad());
        }
        int tail = length % BLOCK_BYTES;
        if (tail != 0) {
            target.asSlice(at + length, BLOCK_BYTES - tail).fill((byte) 0);
        }
        progress.readBytes.add(length);
    }

    private synchronized void remember(List<Extent> bad) {
        unreadable.addAll(bad);
    }

    /// What could not be read so far, sorted and merged.
    synchronized List<Extent> unreadable() {
        ExtentSet.Builder builder = new ExtentSet.Builder();
        unreadable.forEach(extent -> builder.add(extent.offset(), extent.length()));
        ExtentSet merged = builder.build();
        List<Extent> list = new ArrayList<>();
        for (int i = 0; i < merged.size(); i++) {
            long end = Math.min(merged.end(i), source.size());
            list.add(new Extent(merged.start(i), end - merged.start(i)));
        }
        return list;
    }
}
