package io.godwit.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.nio.ByteBuffer;
import java.util.OptionalInt;

/// Agrees with a server on an export: fixed newstyle, with structured replies, holes and block
/// sizes where the server has them.
///
/// A server without `NBD_OPT_GO` is asked in the old way; one from before the newstyle is refused.
/// Used once, by one thread.
final class NbdHandshake {
    /// Texts of a server that are shown.
    private static final int MAX_SHOWN = 200;

    /// Replies to one option: a server has a handful of things to tell.
    private static final int MAX_REPLIES = 64;

    private final NbdWire wire;
    private final NbdUri uri;
    private final byte[] name;

    private long size;
    private int flags;
    private int minBlock = 1;
    private int maxPayload = NbdProtocol.DEFAULT_PAYLOAD_BYTES;
    private OptionalInt allocation = OptionalInt.empty();

    NbdHandshake(NbdWire wire, NbdUri uri) {
        this.wire = wire;
        this.uri = uri;
        this.name = uri.export().getBytes(UTF_8);
    }

    NbdExport negotiate() {
        int offered = greet();
        boolean noZeroes = (offered & NbdProtocol.NO_ZEROES) != 0;
        boolean structured = false;
        if ((offered & NbdProtocol.FIXED_NEWSTYLE) == 0) {
            exportName(noZeroes);
        } else {
            structured = ask(NbdProtocol.OPTION_STRUCTURED_REPLY, ByteBuffer.allocate(0));
            if (structured) {
                ask(NbdProtocol.OPTION_SET_META_CONTEXT, allocationQuery());
            }
            if (!ask(NbdProtocol.OPTION_GO, goRequest())) {
                exportName(noZeroes);
            }
        }
        return export(structured);
    }

    /// @return what of our flags the server offers too
    private int greet() {
        ByteBuffer greeting = wire.receive(16);
        if (greeting.getLong() != NbdProtocol.GREETING) {
            throw refused(FailureKind.INVALID, "nobody speaks NBD there");
        }
        long style = greeting.getLong();
        if (style != NbdProtocol.OPTION) {
            boolean old = style == NbdProtocol.OLD_STYLE;
            throw refused(
                    FailureKind.INVALID,
                    old
                            ? "the server speaks only the old style of NBD"
                            : "nobody speaks NBD there");
        }
        int offered =
                wire.receive(2).getShort() & (NbdProtocol.FIXED_NEWSTYLE | NbdProtocol.NO_ZEROES);
        wire.send(ByteBuffer.allocate(4).putInt(offered).flip());
        return offered;
    }

    private ByteBuffer allocationQuery() {
        byte[] query = NbdProtocol.ALLOCATION.getBytes(UTF_8);
        return ByteBuffer.allocate(12 + name.length + query.length)
                .putInt(name.length)
                .put(name)
                .putInt(1)
                .putInt(query.length)
                .put(query)
                .flip();
    }

    private ByteBuffer goRequest() {
        return ByteBuffer.allocate(8 + name.length)
                .putInt(name.length)
                .put(name)
                .putShort((short) 1)
                .putShort((short) NbdProtocol.INFO_BLOCK_SIZE)
                .flip();
    }

    private void send(int option, ByteBuffer data) {
        wire.send(
                ByteBuffer.allocate(16 + data.remaining())
                        .putLong(NbdProtocol.OPTION)
                        .putInt(option)
                        .putInt(data.remaining())
                        .put(data)
                        .flip());
    }

    /// Asks for an option and takes in what the server tells about it.
    ///
    /// @return whether the server has it; what makes all further asking useless is thrown
    private boolean ask(int option, ByteBuffer data) {
        send(option, data);
        boolean described = false;
        for (int i = 0; i < MAX_REPLIES; i++) {
            ByteBuffer header = wire.receive(20);
            boolean known = header.getLong() == NbdProtocol.OPTION_REPLY;
            if (!known || header.getInt() != option) {
                throw NbdConnectionLost.violation("a reply to an option has a wrong header");
            }
            int type = header.getInt();
            ByteBuffer content = content(header.getInt());
            switch (type) {
                case NbdProtocol.REPLY_ACK -> {
                    if (option == NbdProtocol.OPTION_GO && !described) {
                        throw NbdConnectionLost.violation("the export was not described");
                    }
                    return true;
                }
                case NbdProtocol.REPLY_INFO -> described |= info(content);
                case NbdProtocol.REPLY_META_CONTEXT -> metaContext(content);
                default -> {
                    if (type >= 0) {
                        throw NbdConnectionLost.violation("an unknown reply to an option");
                    }
                    judge(option, type, content);
                    return false;
                }
            }
        }
        throw NbdConnectionLost.violation("an option is answered without end");
    }

    private ByteBuffer content(int length) {
        if (length < 0 || length > 2 * NbdProtocol.MAX_STRING_BYTES) {
            throw NbdConnectionLost.violation("a reply to an option is too long: bytes=" + length);
        }
        return wire.receive(length);
    }

    /// What an error means for the run. Without an option that is only nice to have we go on, and
    /// so we do without GO where the server does not know it.
    private void judge(int option, int error, ByteBuffer content) {
        String said = UTF_8.decode(content).toString().replaceAll("\\p{Cntrl}", " ").strip();
        String words = said.substring(0, Math.min(said.length(), MAX_SHOWN));
        String because = words.isEmpty() ? "" : ": server=" + words;
        if (error == NbdProtocol.REPLY_TLS_REQUIRED) {
            throw refused(FailureKind.INVALID, "the server demands TLS, which is not offered yet")
                    .withHint("use a tunnel, or a Unix socket on the server's machine");
        }
        if (option != NbdProtocol.OPTION_GO || error == NbdProtocol.REPLY_UNSUPPORTED) {
            return;
        }
        throw switch (error) {
            case NbdProtocol.REPLY_UNKNOWN ->
                    refused(FailureKind.NOT_FOUND, "the server has no such export" + because)
                            .withHint("nbdinfo --list names the exports of a server");
            case NbdProtocol.REPLY_POLICY ->
                    refused(FailureKind.DENIED, "the server refuses the export" + because);
            case NbdProtocol.REPLY_SHUTDOWN -> new NbdConnectionLost("the server is shutting down");
            default -> refused(FailureKind.UNAVAILABLE, "the server refuses the export" + because);
        };
    }

    /// @return whether it says how large the export is
    private boolean info(ByteBuffer content) {
        requireAtLeast(content, 2);
        int type = content.getShort();
        if (type == NbdProtocol.INFO_EXPORT) {
            requireAtLeast(content, 10);
            size = content.getLong();
            flags = content.getShort();
            return true;
        }
        if (type == NbdProtocol.INFO_BLOCK_SIZE) {
            requireAtLeast(content, 12);
            blockSizes(content.getInt(), content.getInt(), content.getInt());
        }
        return false;
    }

    private void blockSizes(int least, int preferred, int most) {
        boolean power = Integer.bitCount(least) == 1 && least > 0;
        boolean sane = power && least <= NbdProtocol.MAX_BLOCK_BYTES;
        if (!sane || Integer.compareUnsigned(preferred, least) < 0 || (most >= 0 && most < least)) {
            throw NbdConnectionLost.violation(
                    "impossible block sizes: min=%s preferred=%s max=%s"
                            .formatted(
                                    Integer.toUnsignedString(least),
                                    Integer.toUnsignedString(preferred),
                                    Integer.toUnsignedString(most)));
        }
        minBlock = least;
        int limit = NbdProtocol.DEFAULT_PAYLOAD_BYTES;
        maxPayload = (most < 0 ? limit : Math.min(most, limit)) & -least;
    }

    private void metaContext(ByteBuffer content) {
        requireAtLeast(content, 4);
        int id = content.getInt();
        if (UTF_8.decode(content).toString().equals(NbdProtocol.ALLOCATION)) {
            allocation = OptionalInt.of(id);
        }
    }

    private static void requireAtLeast(ByteBuffer content, int bytes) {
        if (content.remaining() < bytes) {
            throw NbdConnectionLost.violation("a reply to an option is too short");
        }
    }

    /// The way of old servers, who cannot say why they refuse.
    private void exportName(boolean noZeroes) {
        send(NbdProtocol.OPTION_EXPORT_NAME, ByteBuffer.wrap(name));
        try {
            ByteBuffer described = wire.receive(10);
            size = described.getLong();
            flags = described.getShort();
            wire.skip(noZeroes ? 0 : NbdProtocol.ZEROES_BYTES);
        } catch (NbdConnectionLost closed) {
            throw refused(FailureKind.NOT_FOUND, "the server has no such export, or refuses it");
        }
    }

    private NbdExport export(boolean structured) {
        if (size < 0) {
            throw refused(
                    FailureKind.INVALID,
                    "the export is too large: bytes=" + Long.toUnsignedString(size));
        }
        boolean multiConn = (flags & NbdProtocol.FLAG_CAN_MULTI_CONN) != 0;
        return new NbdExport(size, minBlock, maxPayload, multiConn, structured, allocation);
    }

    private GodwitException refused(FailureKind kind, String what) {
        return new GodwitException(kind, what + ": source=" + uri.text()).withObject(uri.text());
    }
}
