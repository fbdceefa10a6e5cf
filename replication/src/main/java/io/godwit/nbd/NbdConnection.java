package io.godwit.nbd;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One connection in its transmission phase: any number of threads have one request each in flight.
///
/// It has no thread of its own. Of the threads that wait for answers one receives for all; when its
/// own is there the next one takes over. Once anything is out of step the connection is lost for
/// all of them, and nobody returns before the receiver has let go of everybody's memory.
final class NbdConnection implements AutoCloseable {
    private final NbdWire wire;
    private final NbdExport export;
    private final NbdReplies replies;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Long, NbdRequest> inFlight = new HashMap<>();
    private long lastCookie;
    private boolean receiving;
    private @Nullable NbdConnectionLost lost;

    NbdConnection(NbdWire wire, NbdExport export) {
        this.wire = wire;
        this.export = export;
        this.replies = new NbdReplies(wire, export.structuredReplies(), this::find);
    }

    NbdExport export() {
        return export;
    }

    /// Whether it is of no use. Where nothing is in flight this looks: after a restart of the server
    /// all connections are gone, and finding out one by one would use the attempts up.
    boolean isLost() {
        lock.lock();
        try {
            if (lost == null && inFlight.isEmpty() && !receiving && wire.hasEnded()) {
                lose(new NbdConnectionLost("the server closed the connection"));
            }
            return lost != null;
        } finally {
            lock.unlock();
        }
    }

    int inFlight() {
        lock.lock();
        try {
            return inFlight.size();
        } finally {
            lock.unlock();
        }
    }

    /// Sends the request and waits for its answer, which may be an error.
    ///
    /// @throws NbdConnectionLost when there will be no answer
    /// @throws GodwitException `INTERRUPTED`
    void perform(NbdRequest request) {
        long cookie = begin(request);
        try {
            wire.send(request.header(cookie));
        } catch (RuntimeException failed) {
            lose(failed);
        }
        lock.lock();
        try {
            while (!request.isAnswered()) {
                if (receiving) {
                    awaitTurn(request);
                } else {
                    throwIfLost();
                    receive(request);
                }
            }
        } finally {
            inFlight.remove(cookie);
            lock.unlock();
        }
    }

    private long begin(NbdRequest request) {
        lock.lock();
        try {
            throwIfLost();
            inFlight.put(++lastCookie, request);
            return lastCookie;
        } finally {
            lock.unlock();
        }
    }

    private void throwIfLost() {
        if (lost != null) {
            throw new NbdConnectionLost(lost.reason(), lost);
        }
    }

    /// Waits for the answer, or for the receiver to stop.
    ///
    /// An interrupted thread must not leave while somebody may fill its memory: the connection is
    /// given up, and the receiver notices at once.
    private void awaitTurn(NbdRequest own) {
        try {
            while (receiving && !own.isAnswered()) {
                changed.await();
            }
        } catch (InterruptedException e) {
            lose(new NbdConnectionLost("interrupted", e));
            while (receiving) {
                changed.awaitUninterruptibly();
            }
            Thread.currentThread().interrupt();
            throw new GodwitException(
                    FailureKind.INTERRUPTED, "interrupted: waiting-for=nbd server", e);
        }
    }

    /// Receives until the own request is answered. The lock is given up meanwhile.
    private void receive(NbdRequest own) {
        receiving = true;
        try {
            while (!own.isAnswered()) {
                lock.unlock();
                long answered;
                try {
                    answered = replies.receiveOne();
                } finally {
                    lock.lock();
                }
                finish(answered);
            }
        } catch (RuntimeException failed) {
            lose(failed);
            throw failed;
        } finally {
            receiving = false;
            changed.signalAll();
        }
    }

    private void finish(long cookie) {
        NbdRequest request = inFlight.get(cookie);
        if (request != null) {
            request.finish();
            inFlight.remove(cookie);
            changed.signalAll();
        }
    }

    private @Nullable NbdRequest find(long cookie) {
        lock.lock();
        try {
            return inFlight.get(cookie);
        } finally {
            lock.unlock();
        }
    }

    /// Makes the connection useless for everybody.
    private void lose(RuntimeException reason) {
        lock.lock();
        try {
            if (lost == null) {
                lost =
                        reason instanceof NbdConnectionLost known
                                ? known
                                : new NbdConnectionLost("it was given up", reason);
                wire.close();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Ends it; without anything in flight the server is told.
    @Override
    public void close() {
        if (!isLost() && inFlight() == 0) {
            try {
                wire.send(NbdRequest.goodbye());
            } catch (NbdConnectionLost | GodwitException gone) {
                // It is closed either way.
            }
        }
        lose(new NbdConnectionLost("it was closed"));
    }
}
