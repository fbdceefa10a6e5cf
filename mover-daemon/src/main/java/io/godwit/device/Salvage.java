package io.godwit.device;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Reads what can be read of a range with bad blocks, and finds exactly which ones these are by
/// bisecting.
///
/// A failed read has delivered what stands before the failure; the rest is halved until a block is
/// alone. An isolated bad block in a 1 MiB tile costs about 16 reads, a tile that is bad as a whole
/// 511.
public final class Salvage {
    private final BlockReader source;
    private final MemorySegment target;
    private final long shift;
    private final BooleanSupplier cancelled;
    private final List<Extent> bad = new ArrayList<>();
    private String reason = "";

    private Salvage(
            BlockReader source, MemorySegment target, long shift, BooleanSupplier cancelled) {
        this.source = source;
        this.target = target;
        this.shift = shift;
        this.cancelled = cancelled;
    }

    /// Reads `length` bytes, in whole blocks but for the source's end. Returns null when all of it
    /// could be read, else what could not be, with zeros in its place.
    ///
    /// @param cancelled asked between reads: once true, what failed is given up as a whole
    public static @Nullable ReadFailure read(
            BlockReader source,
            long offset,
            MemorySegment target,
            long targetOffset,
            int length,
            BooleanSupplier cancelled) {
        Salvage salvage = new Salvage(source, target, targetOffset - offset, cancelled);
        salvage.read(offset, offset + length);
        return salvage.bad.isEmpty()
                ? null
                : new ReadFailure(source.path(), salvage.reason, salvage.bad);
    }

    private void read(long from, long to) {
        if (from >= to) {
            return;
        }
        try {
            source.read(from, target, from + shift, (int) (to - from));
        } catch (ReadFailure failure) {
            reason = failure.reason();
            long start = Math.max(from, failure.offset() & -BlockReader.BLOCK_BYTES);
            if (cancelled.getAsBoolean() || to - start <= BlockReader.BLOCK_BYTES) {
                giveUp(start, to);
                return;
            }
            long blocks = (to - start + BlockReader.BLOCK_BYTES - 1) / BlockReader.BLOCK_BYTES;
            long middle = start + blocks / 2 * BlockReader.BLOCK_BYTES;
            read(start, middle);
            read(middle, to);
        }
    }

    private void giveUp(long from, long to) {
        target.asSlice(from + shift, to - from).fill((byte) 0);
        long end = source.size() < 0 ? to : Math.min(to, source.size());
        long start = from;
        if (!bad.isEmpty() && bad.getLast().end() == from) {
            start = bad.removeLast().offset();
        }
        bad.add(new Extent(start, end - start));
    }
}
