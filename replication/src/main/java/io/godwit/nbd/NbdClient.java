package io.godwit.nbd;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reads an export of an NBD server, from any number of threads at once.
///
/// Requests share a few connections where the server says that all of them see the same, else one.
/// A connection that was lost is replaced and what was asked is asked again, a limited number of
/// times. It has no threads of its own; calls block, and end with `INTERRUPTED` when their thread
/// is interrupted or [#giveUp] was called.
public final class NbdClient implements AutoCloseable {
    /// More bring nothing on one machine, and each is a thread or two of the server's.
    private static final int MAX_CONNECTIONS = 4;

    private final NbdUri uri;
    private final NbdPatience patience;
    private final NbdConnector connector;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private final List<NbdConnection> connections = new ArrayList<>();
    private final NbdExport export;
    private volatile boolean givenUp;
    private @Nullable GodwitException failure;

    private NbdClient(NbdUri uri, NbdPatience patience) {
        this.uri = uri;
        this.patience = patience;
        this.connector = new NbdConnector(uri, () -> givenUp);
        try {
            NbdConnection first = connector.connect(patience);
            export = first.export();
            connections.add(first);
            connectMore();
        } catch (NbdConnectionLost nobody) {
            throw unavailable(nobody.reason(), nobody);
        }
    }

    /// Connects, and agrees on the export.
    ///
    /// @throws GodwitException `NOT_FOUND` where there is no such socket or export, `DENIED` where
    ///     the server refuses it, `INVALID` where nobody speaks NBD, or only with TLS,
    ///     `UNAVAILABLE` when nobody answers
    public static NbdClient open(NbdUri uri, NbdPatience patience) {
        return new NbdClient(uri, patience);
    }

    public NbdExport export() {
        return export;
    }

    /// Reads `length` bytes from byte `offset` on, both multiples of the export's block but for its
    /// end.
    ///
    /// @param target memory that any thread may touch: one receives for all
    /// @return [NbdErrors#NONE], or the number of the error that the server answered with; the
    ///     target's content is undefined then
    /// @throws GodwitException `UNAVAILABLE` when the server does not answer, `FENCED` when it is
    ///     back with an export of another size
    public int read(long offset, MemorySegment target, long targetOffset, int length) {
        int most = export.maxPayloadBytes();
        for (int done = 0; done < length; done += most) {
            long at = offset + done;
            int count = Math.min(most, length - done);
            MemorySegment part = target.asSlice(targetOffset + done, count);
            int error = perform(() -> new NbdRead(at, count, part)).error();
            if (error != NbdErrors.NONE) {
                return error;
            }
        }
        return NbdErrors.NONE;
    }

    /// Which bytes from `offset` on read as zeros: runs without a gap, the last of which may end
    /// before `offset + length`. Empty where the server does not tell.
    ///
    /// @param length a multiple of the export's block but for its end, and less than 2^32
    /// @throws GodwitException as [#read]
    public List<NbdExtent> blockStatus(long offset, long length) {
        if (export.allocationContext().isEmpty()) {
            return List.of();
        }
        int context = export.allocationContext().getAsInt();
        return perform(() -> new NbdBlockStatus(offset, (int) length, context)).extents();
    }

    private <T extends NbdRequest> T perform(Supplier<T> request) {
        for (int attempt = 1; ; attempt++) {
            T fresh = request.get();
            String reason;
            try {
                connection().perform(fresh);
                if (!NbdErrors.isTransient(fresh.error())) {
                    return fresh;
                }
                reason = NbdErrors.reason(fresh.error());
            } catch (NbdConnectionLost lost) {
                reason = lost.reason();
            }
            if (attempt >= patience.attempts()) {
                throw giveUp(
                        unavailable(
                                "%s; tried %d times".formatted(reason, attempt),
                                new NbdConnectionLost(reason)));
            }
            pause(patience.pauseAfter(attempt));
        }
    }

    /// The connection with the least to do; a new one where all were lost.
    private NbdConnection connection() {
        lock.lock();
        try {
            throwIfEnded();
            connections.removeIf(NbdConnection::isLost);
            if (connections.isEmpty()) {
                NbdConnection again = reconnect();
                connections.add(again);
                checkSame(again);
                connectMore();
            }
            return connections.stream()
                    .min(Comparator.comparingInt(NbdConnection::inFlight))
                    .orElseThrow();
        } finally {
            lock.unlock();
        }
    }

    /// While a server is started anew, its socket and its exports are not there for a moment.
    private NbdConnection reconnect() {
        try {
            return connector.connect(patience);
        } catch (GodwitException refused) {
            if (refused.kind() == FailureKind.NOT_FOUND) {
                throw new NbdConnectionLost(String.valueOf(refused.getMessage()), refused);
            }
            throw refused;
        }
    }

    private void throwIfEnded() {
        if (failure != null) {
            throw unavailable(failure);
        }
        if (givenUp || Thread.currentThread().isInterrupted()) {
            throw interrupted();
        }
    }

    /// What one call has tried in vain the others need not try once more.
    private GodwitException giveUp(GodwitException reason) {
        lock.lock();
        try {
            failure = reason;
            ended.signalAll();
            return reason;
        } finally {
            lock.unlock();
        }
    }

    private static GodwitException unavailable(GodwitException before) {
        return new GodwitException(
                FailureKind.UNAVAILABLE, String.valueOf(before.getMessage()), before);
    }

    private static GodwitException interrupted() {
        return new GodwitException(FailureKind.INTERRUPTED, "interrupted: waiting-for=nbd server");
    }

    private void checkSame(NbdConnection again) {
        long now = again.export().sizeBytes();
        boolean same =
                now == export.sizeBytes()
                        && again.export().minBlockBytes() <= export.minBlockBytes()
                        && again.export().maxPayloadBytes() >= export.maxPayloadBytes();
        if (!same) {
            throw new GodwitException(
                            FailureKind.FENCED,
                            "the server is back with another export: source=%s size=%d before=%d"
                                    .formatted(uri.text(), now, export.sizeBytes()))
                    .withObject(uri.text())
                    .withHint("run it again");
        }
    }

    /// Servers may limit how many they serve: fewer connections are no failure.
    private void connectMore() {
        if (!export.multiConn()) {
            return;
        }
        try {
            while (connections.size() < MAX_CONNECTIONS) {
                NbdConnection another = connector.connect(patience.forExtras());
                connections.add(another);
                checkSame(another);
            }
        } catch (NbdConnectionLost enough) {
            // What there is does.
        }
    }

    private void pause(Duration duration) {
        lock.lock();
        try {
            long left = duration.toNanos();
            while (left > 0 && !givenUp && failure == null) {
                left = ended.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted();
        } finally {
            lock.unlock();
        }
    }

    private GodwitException unavailable(String reason, NbdConnectionLost cause) {
        return new GodwitException(
                        FailureKind.UNAVAILABLE,
                        "the nbd server does not serve: %s: source=%s"
                                .formatted(reason, uri.text()),
                        cause)
                .withObject(uri.text());
    }

    /// Has all calls end soon, in whatever thread they wait. For any thread.
    public void giveUp() {
        givenUp = true;
        lock.lock();
        try {
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// After the last call has returned.
    @Override
    public void close() {
        lock.lock();
        try {
            connections.forEach(NbdConnection::close);
            connections.clear();
        } finally {
            lock.unlock();
        }
    }
}
