package io.godwit.device;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A piece of a source in memory, with free room in front of it.
///
/// A tile belongs to the thread that owns its [ReadAhead] from [ReadAhead#next] until [#release], and to a reader in
/// between. [#buffer] is `headroom` bytes that the owner may fill, then the data at [#dataOffset]. The room is for what the
/// consumer carries over from the tile before, so that both lie in one piece of memory.
public final class Tile {
    private static final int IDLE = 0;
    private static final int WAITING = 1;
    private static final int READING = 2;
    private static final int READ = 3;
    private static final int LENT = 4;

    private final ReadAhead owner;
    private final MemorySegment buffer;
    private final int headroom;
    private final AtomicInteger state = new AtomicInteger(IDLE);

    private long offset;
    private int length;
    private boolean last;
    private @Nullable ReadFailure failure;
    private @Nullable Throwable thrown;

    Tile(ReadAhead owner, MemorySegment buffer, int headroom) {
        this.owner = owner;
        this.buffer = buffer;
        this.headroom = headroom;
    }

    /// The headroom and the data behind it.
    public MemorySegment buffer() {
        return buffer;
    }

    /// Where the data starts in the buffer: the size of the headroom.
    public int dataOffset() {
        return headroom;
    }

    /// Where in the volume the data is from.
    public long offset() {
        return offset;
    }

    /// Bytes of the volume in it; up to the next multiple of the block behind them there are zeros.
    public int length() {
        return length;
    }

    /// Whether it is the last one of its extent.
    public boolean isLast() {
        return last;
    }

    /// What of it could not be read and is zero, or null when all could be.
    public @Nullable ReadFailure failure() {
        return failure;
    }

    /// Gives the buffer back, for the next read.
    public void release() {
        if (!state.compareAndSet(LENT, IDLE)) {
            throw new IllegalStateException(
                    "a tile that is not lent was released: offset=" + offset);
        }
        owner.released();
    }

    boolean isIdle() {
        return state.get() == IDLE;
    }

    /// Asks for a read; the owner's thread.
    void prepare(long newOffset, int newLength, boolean newLast) {
        offset = newOffset;
        length = newLength;
        last = newLast;
        failure = null;
        thrown = null;
        state.set(WAITING);
    }

    /// Reads, unless another thread does or did.
    boolean readIfWaiting() {
        if (!state.compareAndSet(WAITING, READING)) {
            return false;
        }
        try {
            failure = owner.read(this);
        } catch (Throwable anything) {
            thrown = anything;
        }
        state.set(READ);
        LockSupport.unpark(owner.consumer());
        return true;
    }

    /// Waits for the data; the owner's thread.
    void take() {
        awaitRead();
        state.set(thrown == null ? LENT : IDLE);
        rethrow();
    }

    /// Forgets the read, after waiting for one that runs; the owner's thread.
    void forget() {
        if (state.compareAndSet(WAITING, IDLE)) {
            return;
        }
        awaitRead();
        state.set(IDLE);
    }

    private void awaitRead() {
        boolean interrupted = false;
        while (state.get() != READ) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void rethrow() {
        switch (thrown) {
            case null -> {}
            case Error error -> throw error;
            case RuntimeException failed -> throw failed;
            default -> throw new IllegalStateException(thrown);
        }
    }
}
