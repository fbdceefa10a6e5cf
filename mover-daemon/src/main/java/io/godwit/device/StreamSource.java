package io.godwit.device;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.lang.foreign.MemorySegment;
import java.time.Instant;

/// Standard input, read once from its start: the size is known when the end was met.
///
/// Owned by one thread. Use [#fill]; the positional [#read] serves who reads strictly in order and
/// knows the size.
public final class StreamSource implements BlockSource {
    /// How long an interrupt may go unnoticed while nothing comes.
    private static final int PATIENCE_MILLIS = 200;

    private final int descriptor;
    private long position;
    private boolean ended;

    StreamSource(int descriptor) {
        this.descriptor = descriptor;
    }

    /// Reads until `length` bytes are there or the stream ends, and returns how many there were:
    /// fewer than asked for only at the end.
    ///
    /// @throws GodwitException `INTERRUPTED` when the thread is interrupted while nothing comes; it
    ///     stays so
    public int fill(MemorySegment target, long targetOffset, int length) {
        int done = 0;
        while (done < length && !ended) {
            awaitInput();
            long count = NativeFiles.read(descriptor, target, targetOffset + done, length - done);
            if (count < 0) {
                throw Errno.failure((int) count, "read standard input", "-")
                        .withOffset(position + done);
            }
            ended = count == 0;
            done += (int) count;
        }
        position += done;
        return done;
    }

    /// A read that waits for whoever writes cannot be interrupted, so none is begun before it would
    /// not wait.
    private void awaitInput() {
        while (NativeFiles.awaitReadable(descriptor, PATIENCE_MILLIS) == 0) {
            if (Thread.currentThread().isInterrupted()) {
                throw new GodwitException(
                        FailureKind.INTERRUPTED, "interrupted: waiting-for=standard input");
            }
        }
    }

    /// How many bytes were read so far.
    public long position() {
        return position;
    }

    /// Whether the end was met: `position` is the volume's size then.
    public boolean ended() {
        return ended;
    }

    @Override
    public SourceFacts facts() {
        return new SourceFacts(SourceFacts.Kind.STREAM, "-", size(), 1, 0, 0, Instant.EPOCH);
    }

    @Override
    public long size() {
        return ended ? position : UNKNOWN_SIZE;
    }

    @Override
    public void read(long offset, MemorySegment target, long targetOffset, int length) {
        if (offset != position) {
            throw new IllegalStateException(
                    "a stream is read in order: offset=" + offset + " position=" + position);
        }
        int count = fill(target, targetOffset, length);
        if (count == 0 && length > 0) {
            throw new GodwitException(
                    FailureKind.INVALID, "the stream has ended: path=- size=" + position);
        }
        target.asSlice(targetOffset + count, length - count).fill((byte) 0);
    }

    @Override
    public long nextData(long from) {
        return from;
    }

    @Override
    public long nextHole(long from) {
        return ended ? position : Long.MAX_VALUE;
    }

    @Override
    public void checkUnchanged() {}

    @Override
    public boolean modified() {
        return false;
    }

    /// Leaves the descriptor open: it belongs to the process.
    @Override
    public void close() {}
}
