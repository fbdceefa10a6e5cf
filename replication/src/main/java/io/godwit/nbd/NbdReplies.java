package io.godwit.nbd;

import java.nio.ByteBuffer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Takes replies from the wire, of both kinds, and hands what they carry to their requests.
///
/// Everything that the server says about lengths is checked before anything is received. Used by
/// one thread at a time.
final class NbdReplies {
    /// An error may come with words, which nobody reads.
    private static final int MAX_ERROR_BYTES = 6 + NbdProtocol.MAX_STRING_BYTES + 8;

    private final NbdWire wire;
    private final boolean structured;
    private final LongFunction<@Nullable NbdRequest> inFlight;

    /// @param inFlight finds the request with a cookie
    NbdReplies(NbdWire wire, boolean structured, LongFunction<@Nullable NbdRequest> inFlight) {
        this.wire = wire;
        this.structured = structured;
        this.inFlight = inFlight;
    }

    /// Receives one simple reply or one chunk.
    ///
    /// @return the cookie of a request that is answered by now, or -1
    long receiveOne() {
        ByteBuffer header = wire.receive(NbdProtocol.SIMPLE_REPLY_BYTES);
        int magic = header.getInt();
        return switch (magic) {
            case NbdProtocol.SIMPLE_REPLY -> simple(header.getInt(), header.getLong());
            case NbdProtocol.STRUCTURED_REPLY -> {
                int flags = header.getShort();
                int chunk = Short.toUnsignedInt(header.getShort());
                long cookie = header.getLong();
                chunk(chunk, request(cookie));
                yield (flags & NbdProtocol.CHUNK_DONE) != 0 ? cookie : -1;
            }
            default -> throw NbdConnectionLost.violation("neither kind of reply");
        };
    }

    private long simple(int error, long cookie) {
        NbdRequest request = request(cookie);
        if (structured && request.type == NbdProtocol.READ) {
            throw NbdConnectionLost.violation(
                    "a simple reply where a structured one was agreed on");
        }
        if (error == NbdErrors.NONE) {
            request.receiveSimple(wire);
        } else {
            request.fail(error);
        }
        return cookie;
    }

    private NbdRequest request(long cookie) {
        NbdRequest request = inFlight.apply(cookie);
        if (request == null) {
            throw NbdConnectionLost.violation("a reply to what was not asked");
        }
        return request;
    }

    private void chunk(int chunk, NbdRequest request) {
        int rest = NbdProtocol.STRUCTURED_REPLY_BYTES - NbdProtocol.SIMPLE_REPLY_BYTES;
        int bytes = wire.receive(rest).getInt();
        if (!structured || bytes < 0) {
            throw NbdConnectionLost.violation("a chunk that was not agreed on: bytes=" + bytes);
        }
        if (chunk >= 1 << 15) {
            error(bytes, request);
        } else if (chunk == NbdProtocol.CHUNK_NONE) {
            if (bytes != 0) {
                throw NbdConnectionLost.violation("an empty chunk with a content");
            }
        } else {
            request.receiveChunk(chunk, bytes, wire);
        }
    }

    /// All errors begin with their number, also those of a kind that is not known.
    private void error(int bytes, NbdRequest request) {
        if (bytes < 4 || bytes > MAX_ERROR_BYTES) {
            throw NbdConnectionLost.violation("an error of an impossible length: bytes=" + bytes);
        }
        int number = wire.receive(4).getInt();
        wire.skip(bytes - 4);
        if (number == NbdErrors.NONE) {
            throw NbdConnectionLost.violation("an error without a number");
        }
        request.fail(number);
    }
}
