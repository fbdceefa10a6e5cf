package io.godwit.nbd;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// Bytes to and from a server, whole buffers at a time, never waiting longer than it should.
///
/// One thread may receive while others send; [#close] is for any thread. Every wait ends when the
/// thread is interrupted or the run is given up, with `INTERRUPTED`: the connection is of no use
/// then, as it is after every other failure.
final class NbdWire implements AutoCloseable {
    /// How long giving up may go unnoticed.
    private static final long SLICE_MILLIS = 200;

    /// Bytes that nobody wants are read in pieces of this size.
    private static final int SKIP_BYTES = 4096;

    private final SocketChannel channel;
    private final Selector readable;
    private final Selector writable;
    private final long idleMillis;
    private final BooleanSupplier givenUp;
    private final ReentrantLock sending = new ReentrantLock();

    private NbdWire(
            SocketChannel channel,
            Selector readable,
            Selector writable,
            long idleMillis,
            BooleanSupplier givenUp) {
        this.channel = channel;
        this.readable = readable;
        this.writable = writable;
        this.idleMillis = idleMillis;
        this.givenUp = givenUp;
    }

    /// Takes the channel over, which is not connected yet; it is closed where this fails.
    static NbdWire over(SocketChannel channel, Duration idle, BooleanSupplier givenUp)
            throws IOException {
        try {
            channel.configureBlocking(false);
            Selector readable = Selector.open();
            return new NbdWire(channel, readable, Selector.open(), idle.toMillis(), givenUp);
        } catch (IOException failed) {
            channel.close();
            throw failed;
        }
    }

    void connect(SocketAddress address, Duration patience) {
        try {
            if (!channel.connect(address)) {
                channel.register(writable, SelectionKey.OP_CONNECT);
                await(writable, patience.toMillis(), "does not answer");
                channel.finishConnect();
            }
            channel.register(readable, SelectionKey.OP_READ);
            channel.register(writable, SelectionKey.OP_WRITE);
        } catch (IOException | ClosedSelectorException refused) {
            throw lost("cannot connect", refused);
        }
    }

    /// Fills the buffer to its limit.
    void receive(ByteBuffer target) {
        try {
            while (target.hasRemaining()) {
                int count = channel.read(target);
                if (count < 0) {
                    throw new NbdConnectionLost("the server closed the connection");
                }
                if (count == 0) {
                    await(readable, idleMillis, "is silent");
                }
            }
        } catch (IOException | ClosedSelectorException failed) {
            throw lost("cannot receive", failed);
        }
    }

    /// A buffer of so many bytes, filled: for what is small.
    ByteBuffer receive(int bytes) {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        receive(buffer);
        return buffer.flip();
    }

    /// Whether the server has closed it, or talks without being asked. Only while nobody receives.
    boolean hasEnded() {
        try {
            return channel.read(ByteBuffer.allocate(1)) != 0;
        } catch (IOException gone) {
            return true;
        }
    }

    void skip(int bytes) {
        for (int left = bytes; left > 0; left -= SKIP_BYTES) {
            receive(Math.min(left, SKIP_BYTES));
        }
    }

    /// Sends all of the buffer; of several threads, one after the other.
    void send(ByteBuffer source) {
        sending.lock();
        try {
            while (source.hasRemaining()) {
                if (channel.write(source) == 0) {
                    await(writable, idleMillis, "takes nothing");
                }
            }
        } catch (IOException | ClosedSelectorException failed) {
            throw lost("cannot send", failed);
        } finally {
            sending.unlock();
        }
    }

    private void await(Selector ready, long patienceMillis, String what) throws IOException {
        for (long waited = 0; waited < patienceMillis; waited += SLICE_MILLIS) {
            if (givenUp.getAsBoolean() || Thread.currentThread().isInterrupted()) {
                throw new GodwitException(
                        FailureKind.INTERRUPTED, "interrupted: waiting-for=nbd server");
            }
            int count = ready.select(Math.min(SLICE_MILLIS, patienceMillis - waited));
            ready.selectedKeys().clear();
            if (count > 0) {
                return;
            }
        }
        throw new NbdConnectionLost("the server %s for %d ms".formatted(what, patienceMillis));
    }

    private static NbdConnectionLost lost(String doing, Exception failed) {
        String words =
                failed instanceof IOException
                        ? String.valueOf(failed.getMessage())
                        : "it was closed";
        return new NbdConnectionLost(doing + ": " + words, failed);
    }

    @Override
    public void close() {
        try (channel;
                readable;
                writable) {
            // One after the other, whatever becomes of the others.
        } catch (IOException gone) {
            // Nobody waits for what is still in it.
        }
    }
}
