package io.godwit.nbd;

import java.nio.ByteBuffer;

/// One request and what becomes of it.
///
/// Made and awaited by one thread; what is received for it is handed in by whichever thread
/// receives on the connection, never by two at once.
abstract class NbdRequest {
    final short type;
    final long offset;
    final int length;
    private int error;
    private boolean answered;

    NbdRequest(short type, long offset, int length) {
        this.type = type;
        this.offset = offset;
        this.length = length;
    }

    ByteBuffer header(long cookie) {
        return header(type, cookie, offset, length);
    }

    /// What ends a connection in order; nothing is answered.
    static ByteBuffer goodbye() {
        return header(NbdProtocol.DISCONNECT, 0, 0, 0);
    }

    private static ByteBuffer header(short type, long cookie, long offset, int length) {
        return ByteBuffer.allocate(NbdProtocol.REQUEST_BYTES)
                .putInt(NbdProtocol.REQUEST)
                .putShort((short) 0)
                .putShort(type)
                .putLong(cookie)
                .putLong(offset)
                .putInt(length)
                .flip();
    }

    /// Takes in a simple reply without an error, the content of which is still on the wire.
    abstract void receiveSimple(NbdWire wire);

    /// Takes in one chunk of a structured reply, with `bytes` bytes on the wire.
    abstract void receiveChunk(int chunk, int bytes, NbdWire wire);

    /// Checks that nothing was left out of a reply without an error.
    abstract void checkComplete();

    /// The first error counts: it says why all others followed.
    void fail(int reason) {
        if (error == NbdErrors.NONE) {
            error = reason;
        }
    }

    /// The number that the server failed it with, or [NbdErrors#NONE].
    int error() {
        return error;
    }

    /// Says that nothing more comes.
    void finish() {
        if (error == NbdErrors.NONE) {
            checkComplete();
        }
        answered = true;
    }

    /// Read and written under the lock of the connection.
    boolean isAnswered() {
        return answered;
    }
}
